# Ctrl-C reaches the cell that runs or a question that hangs: an idle kernel and a line half written are left alone.

# Seconds.
const LOOK_EVERY = 0.05

"The task that can be interrupted, or nothing."
const RUNNING = Ref{Union{Nothing,Task}}(nothing)
const BEGUN = Condition()

"Calls `work` so that an interrupt ends it with an InterruptException."
function interruptible(work)
    RUNNING[] = current_task()
    notify(BEGUN)
    try
        return reenable_sigint(work)
    finally
        RUNNING[] = nothing
    end
end

"""
Passes interrupts on to the cell. While all tasks wait, Julia throws an interrupt in the one that began to wait last, which
may be one that an earlier cell has left behind. Most of the time it is this one, because it does nothing else.
"""
function keep_lookout()
    while true
        try
            RUNNING[] === nothing ? wait(BEGUN) : sleep(LOOK_EVERY)
        catch exception
            exception isa InterruptException || rethrow()
            # It waits, or this one would not be running.
            RUNNING[] === nothing || schedule(RUNNING[], exception; error = true)
        end
    end
end

"While interrupts are not held back: what a task begins with, it keeps."
function start_lookout()
    schedule(Task(keep_lookout))
    yield()
end

"One that came when its cell had ended is not the next one's."
function forget_interrupts()
    try
        # Julia holds a signal back while none may come, and throws it here.
        reenable_sigint(() -> nothing)
    catch exception
        exception isa InterruptException || rethrow()
    end
end

const SAFEPOINT = Expr(:call, GlobalRef(GC, :safepoint))
# Inside these, loops are loops of a cell. In functions, a check in each round would cost what the compiler makes of them.
const TRANSPARENT = (:toplevel, :block, :if, :elseif, :let, :try, :for, :while, :(=), :global, :local)

"The expression, with loops outside of functions that an interrupt ends though they call nothing."
function with_safepoints(@nospecialize(expression))
    expression isa Expr && expression.head in TRANSPARENT || return expression
    # `f(x) = …` defines a function.
    is_definition = expression.head === :(=) && !(expression.args[1] isa Symbol)
    is_definition && Meta.isexpr(expression.args[1], (:call, :where, :(::))) && return expression
    arguments = Any[with_safepoints(argument) for argument in expression.args]
    if expression.head in (:for, :while)
        arguments[2] = Expr(:block, SAFEPOINT, arguments[2])
    end
    return Expr(expression.head, arguments...)
end
