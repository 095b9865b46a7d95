# Completion, from Julia's own for its prompt.

const MAX_MATCHES = 200

function complete(request)
    code, cursor = request["code"], request["cursor"]
    at = before_cursor(code, cursor)
    range, matches = at == 0 ? (1:0, Object[]) : find_matches(code, at)
    from = isempty(matches) ? cursor : units(SubString(code, 1, prevind(code, clamp(first(range), 1, ncodeunits(code) + 1))))
    return object("matches" => matches, "cursorStart" => from, "cursorEnd" => cursor, "source" => "runtime")
end

function find_matches(code, at)
    found, range, _ = REPL.REPLCompletions.completions(code, at, Main)
    # All names there are: nobody has begun one.
    is_any = isempty(range) && code[at] != '.'
    matches, seen = Object[], Set{String}()
    for completion in found
        kind = nameof(typeof(completion))
        # What a function's methods are, `inspect` tells.
        kind === :MethodCompletion && continue
        is_any && kind in (:ModuleCompletion, :KeywordCompletion) && continue
        text = REPL.REPLCompletions.completion_text(completion)
        text in seen && continue
        push!(seen, text)
        push!(matches, match_of(kind, completion, text))
        length(matches) == MAX_MATCHES && break
    end
    return range, matches
end

const KINDS = Dict(
    :KeywordCompletion => "keyword",
    :KeyvalCompletion => "keyword",
    :ModuleCompletion => "variable",
    :PackageCompletion => "module",
    :PropertyCompletion => "property",
    :FieldCompletion => "field",
    :KeywordArgumentCompletion => "field",
)

function match_of(kind, @nospecialize(completion), text)
    found = value_of(kind, completion, text)
    value = something(found, Some(nothing))
    is_callable = value isa Union{Function,Type,Module}
    shown = found !== nothing && !is_callable
    owner = kind === :ModuleCompletion ? completion.parent : nothing
    return object(
        "label" => text,
        "insertText" => text,
        "kind" => found === nothing ? get(KINDS, kind, "value") : kind_of(value, owner, Symbol(text)),
        "detail" => nothing,
        "documentation" => nothing,
        "valuePreview" => shown ? preview(value) : nothing,
        "type" => found === nothing ? nothing : type_name(value),
    )
end

"The value that would be meant, or nothing if none is known. No property is computed."
function value_of(kind, @nospecialize(completion), text)
    key = Symbol(text)
    if kind === :ModuleCompletion
        return isdefined(completion.parent, key) ? Some(getfield(completion.parent, key)) : nothing
    elseif kind === :PropertyCompletion
        return is_there(completion.value, key) ? Some(getfield(completion.value, key)) : nothing
    end
    return nothing
end
