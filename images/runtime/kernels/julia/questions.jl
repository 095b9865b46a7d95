# Questions about live objects, by operation (../README.md; positions count UTF-16 code units).

const MAX_VARIABLES = 500
# What Julia and the kernel have put into Main.
const NOT_THE_USERS = (:Base, :Core, :Main, :MarkcoKernel, :InteractiveUtils, :ans, :err, :eval, :include, :clear_output)

function answer(request)
    forget_interrupts()
    reply = try
        # Looking at an object may run code of its package, which may hang: an interrupt ends it.
        object("ok" => true, "result" => interruptible(() -> QUESTIONS[request["op"]](request)))
    catch exception
        object("ok" => false, "message" => exception isa InterruptException ? "it took too long" : message_of(exception))
    end
    send(merge!(reply, object("type" => "reply", "id" => request["id"])))
end

"The object at the cursor, or the function whose arguments are being written there."
function inspect(request)
    code, cursor, wanted = request["code"], request["cursor"], request["detail"]
    found = something(find_name(name_at(code, cursor)), find_name(called_at(code, cursor)), Some(nothing))
    found === nothing && return object("found" => false, "source" => "runtime", "name" => name_at(code, cursor))
    value = found.value
    source, file, line = wanted >= 2 ? source_of(value) : (nothing, nothing, nothing)
    return object(
        "found" => true,
        "source" => "runtime",
        "name" => found.name,
        "kind" => kind_of(value, found.owner, found.key),
        "type" => type_name(value),
        "signature" => signature_of(value),
        "docstring" => wanted >= 1 ? docstring_of(found) : nothing,
        "sourceCode" => source,
        "file" => file,
        "line" => line,
        "value" => preview(value),
        "children" => is_expandable(value) ? members_of(value).count : nothing,
    )
end

function hover(request)
    found = find_name(name_at(request["code"], request["cursor"]))
    found === nothing && return object("found" => false, "name" => nothing)
    return object(
        "found" => true,
        "name" => found.name,
        "type" => type_name(found.value),
        "value" => preview(found.value),
        "signature" => signature_of(found.value),
    )
end

function variables(_request)
    names = user_names()
    shown = names[1:min(end, MAX_VARIABLES)]
    described = [describe(string(name), getfield(Main, name)) for name in shown]
    return object("variables" => described, "count" => length(names), "truncated" => length(names) > MAX_VARIABLES)
end

function user_names()
    own = filter(names(Main; all = true)) do name
        # Julia's own helpers have names that begin with `#`.
        !(name in NOT_THE_USERS) && !startswith(string(name), '#') && isdefined(Main, name)
    end
    return sort!(own; by = string)
end

function variable(request)
    name, path = request["name"], request["path"]
    Symbol(name) in user_names() || error("no variable $name")
    value = getfield(Main, Symbol(name))
    for step in path
        value = step_into(value, step)
    end
    return detail(isempty(path) ? name : path[end], value, request["offset"], request["limit"])
end

function is_complete(request)
    status = try
        parse_cell(request["code"], "none")
        "complete"
    catch exception
        exception isa WrongCode || rethrow()
        exception.incomplete ? "incomplete" : "invalid"
    end
    return object("status" => status, "indent" => status == "incomplete" ? "    " : "")
end

"Random numbers begin anew, from the system's own."
function renew(request)
    Random.seed!()
    object()
end

const QUESTIONS = Dict{String,Function}(
    "complete" => complete,
    "inspect" => inspect,
    "hover" => hover,
    "variables" => variables,
    "variable" => variable,
    "is_complete" => is_complete,
    "renew" => renew,
)
