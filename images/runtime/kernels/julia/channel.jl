# Lines of JSON between kernel and supervisor (../../supervisor/kernel.py says what stands on which descriptor).

const F_DUPFD_CLOEXEC = Cint(1030)
# Bytes of a message; a reader takes less than 8 MiB.
const MAX_LINE = 7 * 1024 * 1024

mutable struct Link
    requests::Base.PipeEndpoint
    messages::Cint
    taken::Cint
    lock::ReentrantLock
end
const LINK = Ref{Link}()

function open_channel()
    # Away from the low numbers, which user code takes and closes, and out of the programs that it starts.
    requests, messages, taken = map(move_away, (3, 4, 5))
    LINK[] = Link(Base.PipeEndpoint(RawFD(requests)), messages, taken, ReentrantLock())
end

"The next request, or nothing when there will be none. Other tasks go on meanwhile."
function receive()
    line = readline(LINK[].requests)
    return isempty(line) ? nothing : read_json(line)
end

send_event(event, data) = send(object("type" => "event", "event" => event, "data" => data, "waits" => true))

function send(message::Object)
    # What C libraries have printed and not written.
    Libc.flush_cstdio()
    line = write_json(message) * "\n"
    sizeof(line) > MAX_LINE && return
    disable_sigint() do
        lock(LINK[].lock) do
            write_all(LINK[].messages, line)
            get(message, "waits", false) && read_byte(LINK[].taken)
        end
    end
end

# Written and read by the system's own calls: the order of output and messages is nothing for an event loop.
function write_all(fd::Cint, line::String)
    written = 0
    GC.@preserve line while written < sizeof(line)
        count = ccall(:write, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), fd, pointer(line) + written, sizeof(line) - written)
        count < 0 && Libc.errno() != Libc.EINTR && systemerror("the supervisor does not listen")
        written += max(count, 0)
    end
end

function read_byte(fd::Cint)
    byte = Ref{UInt8}()
    while ccall(:read, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), fd, byte, 1) < 0
        Libc.errno() == Libc.EINTR || systemerror("the supervisor does not answer")
    end
end

function duplicate(fd, lowest)
    made = ccall(:fcntl, Cint, (Cint, Cint, Cint...), fd, F_DUPFD_CLOEXEC, lowest)
    systemerror("fcntl", made < 0)
    return made
end

function move_away(fd)
    moved = duplicate(fd, 200)
    ccall(:close, Cint, (Cint,), fd)
    return moved
end
