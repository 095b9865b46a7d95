# Running a cell.

mutable struct Cell
    running::Bool
    count::Int
    # What stands for a file name in its frames.
    file::String
    # Of the expression that runs; nothing behind the last.
    line::Union{Nothing,Int}
end
const CELL = Cell(false, 0, "", nothing)

# By the names of their cells, for who asks about a function's source.
const SOURCES = Dict{String,String}()

function execute(request)
    code, silent = request["code"], request["silent"]
    forget_interrupts()
    restore_streams()
    renew_input()
    ASSET_DIR[] = request["assetDir"]
    silent || (CELL.count += 1)
    name_cell(code)
    # A relative path in `include` starts at the working folder, not beside the kernel.
    task_local_storage(:SOURCE_PATH, nothing)
    success = false
    CELL.running = true
    send(object("type" => "start", "count" => silent ? nothing : CELL.count, "waits" => true))
    try
        interruptible(() -> run_cell(code, silent))
        success = true
    catch exception
        stack = current_exceptions()
        causes = Any[entry.exception for entry in reverse(stack[1:end-1])]
        Base.invokelatest(send_error, exception, catch_backtrace(), causes)
    end
    CELL.running = false
    send(object("type" => "done", "success" => success))
end

function run_cell(code, silent)
    value = nothing
    for (expression, line) in parse_cell(code, CELL.file)
        CELL.line = line
        value = evaluate(expression, line)
    end
    CELL.line = nothing
    setglobal!(Base.MainInclude, :ans, value)
    silent || value === nothing || REPL.ends_with_semicolon(code) || Base.invokelatest(show_result, value)
end

"In Main, with the scope of Julia's prompt: a loop may assign the variables around it."
function evaluate(@nospecialize(expression), line)
    code = REPL.softscope(with_safepoints(expression))
    return Core.eval(Main, Expr(:toplevel, LineNumberNode(line, Symbol(CELL.file)), code))
end

function show_result(@nospecialize(value))
    show_bundle("result", bundle(value), object("executionCount" => CELL.count))
end

"By its content: what two runs of a cell print of it is the same, and two cells are told apart."
function name_cell(code)
    CELL.file = "Cell-" * bytes2hex(SHA.sha1(code))[1:6]
    SOURCES[CELL.file] = code
end

is_cell(file) = haskey(SOURCES, file)
