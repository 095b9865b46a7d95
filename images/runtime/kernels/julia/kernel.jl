# The Julia kernel: one request after the other, in the main task. Nothing but the standard library.

module MarkcoKernel

import Base64, InteractiveUtils, Markdown, Random, REPL, SHA

export clear_output

include("json.jl")
include("text.jl")
include("interrupts.jl")
include("channel.jl")
include("input.jl")
include("streams.jl")
include("bundle.jl")
include("displays.jl")
include("parsing.jl")
include("errors.jl")
include("cells.jl")
include("values.jl")
include("previews.jl")
include("tables.jl")
include("members.jl")
include("names.jl")
include("completion.jl")
include("documentation.jl")
include("questions.jl")

function main()
    # With an interrupt comes an exception, and not the end.
    Base.exit_on_sigint(false)
    open_channel()
    keep_streams()
    offer_input()
    offer_display()
    start_lookout()
    # Interrupts reach what `interruptible` calls, and nothing else.
    disable_sigint() do
        while (request = receive()) !== nothing
            # What cells have defined since this loop began counts too.
            Base.invokelatest(handle, request)
        end
    end
end

function handle(request)
    operation = request["op"]
    if operation == "execute"
        execute(request)
    elseif haskey(QUESTIONS, operation)
        answer(request)
    end
end

end

# As at Julia's own prompt: @which, methodswith, versioninfo, …
using InteractiveUtils
using .MarkcoKernel
MarkcoKernel.main()
