# What an author reads of an error, and where in the cell it points.

# Characters.
const MAX_MESSAGE = 20_000
const MAX_FRAME = 500
# Frames of a traceback from its start, and as many from its end.
const MAX_HALF_FRAMES = 20
# Of a stack that overflowed, only so many addresses at each end are looked up.
const MAX_HALF_ADDRESSES = 100
const HERE = @__DIR__

function send_error(@nospecialize(exception), addresses, causes)
    line = nothing
    # What went wrong in a macro of the cell.
    while exception isa LoadError && exception.file == CELL.file
        line, exception = exception.line, exception.error
    end
    if exception isa WrongCode
        send_wrong_code(exception)
        return
    end
    frames = user_frames(addresses)
    type, message = string(nameof(typeof(exception))), message_of(exception)
    head = startswith(message, type) ? message : isempty(message) ? type : string(type, ": ", message)
    lines = split(head, '\n')
    append!(lines, traceback_lines(frames))
    for cause in causes
        append!(lines, split(string("caused by: ", message_of(cause)), '\n'))
    end
    line = something(line_in_cell(frames), line, CELL.line, Some(nothing))
    traceback = split(cut(join(lines, '\n')), '\n')
    message = without_name(message, type)
    data = object("type" => type, "message" => message, "traceback" => traceback, "line" => line, "column" => nothing)
    send_event("error", data)
end

function send_wrong_code(error::WrongCode)
    text = string("ParseError: ", error.message)
    error.line === nothing || (text *= " (line $(error.line))")
    data = object(
        "type" => "ParseError",
        "message" => cut(error.message, MAX_MESSAGE),
        "traceback" => split(cut(text), '\n'),
        "line" => error.line,
        "column" => error.column,
    )
    send_event("error", data)
end

"An exception of the user's own may have a `showerror` that fails or hangs."
function message_of(@nospecialize(exception))
    exception isa InterruptException && return ""
    try
        return interruptible() do
            cut(sprint(showerror, exception; context = IOContext(devnull, screen()...)), MAX_MESSAGE)
        end
    catch
        return "(its message can't be shown)"
    end
end

"Julia begins many messages with the type."
function without_name(message, type)
    return startswith(message, type * ": ") ? SubString(message, ncodeunits(type) + 3) : message
end

"The frames from the innermost to the cell's own, without those of the kernel."
function user_frames(addresses)
    if length(addresses) > 2 * MAX_HALF_ADDRESSES
        addresses = vcat(addresses[1:MAX_HALF_ADDRESSES], addresses[end-MAX_HALF_ADDRESSES+1:end])
    end
    frames = stacktrace(addresses)
    outermost = findlast(is_of_cell, frames)
    # It came from showing the cell's value, or Julia had no code to make a frame for: up to where the kernel begins.
    outermost === nothing && (outermost = something(findfirst(is_kernel, frames), length(frames) + 1) - 1)
    return filter(frame -> !is_kernel(frame) && !is_evaluation(frame), frames[1:outermost])
end

is_kernel(frame) = dirname(String(frame.file)) == HERE
"Between the kernel and the cell's code."
is_evaluation(frame) = frame.line <= 0 || frame.func === :eval && basename(String(frame.file)) == "boot.jl"
is_of_cell(frame) = file_of(frame) == CELL.file

"Compiled code has `./` in front of a name that is no path."
function file_of(frame)
    file = String(frame.file)
    return startswith(file, "./Cell-") ? SubString(file, 3) : file
end

function line_in_cell(frames)
    own = findfirst(is_of_cell, frames)
    return own === nothing ? nothing : Int(frames[own].line)
end

function traceback_lines(frames)
    described = String[string("  ", describe_frame(frame)) for frame in frames]
    count = length(described)
    count <= 2 * MAX_HALF_FRAMES && return described
    left_out = "  … $(count - 2 * MAX_HALF_FRAMES) frames left out …"
    return [described[1:MAX_HALF_FRAMES]; left_out; described[end-MAX_HALF_FRAMES+1:end]]
end

function describe_frame(frame)
    file = file_of(frame)
    place = file == CELL.file ? "Cell" : is_cell(file) ? "another cell" : file
    what = try
        sprint(StackTraces.show_spec_linfo, frame)
    catch
        string(frame.func)
    end
    return string(shorten(what, MAX_FRAME), " at ", place, ':', frame.line)
end
