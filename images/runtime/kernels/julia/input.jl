# What stands for stdin: who reads from it asks the person.

mutable struct Input <: IO
    # What was typed and not read.
    typed::IOBuffer
    # Whether the question was cancelled, as with Ctrl-D. It holds for the cell: who reads to the end asks more than once.
    ended::Bool
    lock::ReentrantLock
end
const INPUT = Input(IOBuffer(), false, ReentrantLock())

function offer_input()
    Core.eval(Base, Expr(:(=), :stdin, INPUT))
end

function renew_input()
    take!(INPUT.typed)
    INPUT.ended = false
end

"What the person types, or nothing if they cancel."
function ask(prompt, password)
    CELL.running || return nothing
    return lock(INPUT.lock) do
        send_event("stdin_request", object("prompt" => cut(prompt, 10_000), "password" => password))
        while (request = receive()) !== nothing
            request["op"] == "input" && return request["text"]
        end
        exit()
    end
end

function fill_input(input::Input)
    while !input.ended && bytesavailable(input.typed) == 0
        text = ask("", false)
        text === nothing ? (input.ended = true) : (input.typed = IOBuffer(endswith(text, '\n') ? text : text * "\n"))
    end
end

Base.eof(input::Input) = (fill_input(input); bytesavailable(input.typed) == 0)
Base.bytesavailable(input::Input) = bytesavailable(input.typed)
Base.read(input::Input, ::Type{UInt8}) = (fill_input(input); read(input.typed, UInt8))
Base.readavailable(input::Input) = (fill_input(input); readavailable(input.typed))
Base.peek(input::Input, ::Type{UInt8}) = (fill_input(input); peek(input.typed))
Base.isopen(::Input) = true
Base.isreadable(::Input) = true
Base.iswritable(::Input) = false
Base.close(::Input) = nothing
Base.show(io::IO, ::Input) = print(io, "stdin")

function Base.getpass(::Input, ::IO, prompt::AbstractString; with_suffix::Bool = true)
    text = ask(with_suffix ? prompt * ": " : prompt, true)
    return Base.SecretBuffer(something(text, ""))
end

if isdefined(Base, :RedirectStdStream)
    # So that `redirect_stdin(work, stream)` can put it back.
    function (::Base.RedirectStdStream)(input::Input)
        offer_input()
        return input
    end
end
