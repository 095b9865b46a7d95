# Ctrl-C reaches the cell that runs or a question that hangs: an idle kernel and a line half written are left alone.

"Calls `work` so that an interrupt ends it with an InterruptException."
function interruptible(work)
    return reenable_sigint(work)
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
    arguments = Any[with_safepoints(argument) for argument in expression.args]
    if expression.head in (:for, :while)
        arguments[2] = Expr(:block, SAFEPOINT, arguments[2])
    end
    return Expr(expression.head, arguments...)
end
