# The cell's stdout and stderr: what user code has closed is there again for the next cell. A stream that it has put in
# the place of ours stays there while it is open.

const KEPT = Dict{Int,Cint}()

function keep_streams()
    for fd in (1, 2)
        # Copies that user code does not find by accident.
        KEPT[fd] = duplicate(fd, 210)
    end
end

function restore_streams()
    restore_stream(1, stdout, redirect_stdout)
    restore_stream(2, stderr, redirect_stderr)
end

function restore_stream(fd, stream, redirect)
    isopen(stream) && is_open(fd) && return
    redirect(Base.PipeEndpoint(RawFD(duplicate(KEPT[fd], 220))))
end

is_open(fd) = ccall(:fcntl, Cint, (Cint, Cint, Cint...), fd, 1, 0) >= 0
