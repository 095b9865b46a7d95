# Names in code: which one the cursor touches, and what it stands for. Nothing is called for it.

const NAME = r"@?[\p{L}\p{Nl}\p{So}\p{Sc}_][\p{L}\p{N}\p{M}\p{So}_!′]*"
const DOTTED_NAME = Regex("$(NAME.pattern)(?:\\.$(NAME.pattern))*")

"The dotted name around the cursor, up to the part that it touches: `a` or `a.b` of `a.b`; nothing if there is none."
function name_at(code::String, cursor)
    at = before_cursor(code, cursor)
    # Bytes in front of the cursor.
    before = at == 0 ? 0 : nextind(code, at) - 1
    for found in eachmatch(DOTTED_NAME, code)
        from, to = found.offset, found.offset + ncodeunits(found.match) - 1
        from - 1 <= before <= to || continue
        dot = findnext(isequal('.'), code, max(before + 1, from))
        stop = dot === nothing || dot > to ? to : dot - 1
        return rstrip(String(codeunits(code)[from:stop]), '.')
    end
    return nothing
end

"The name of the function whose parentheses the cursor stands in."
function called_at(code::String, cursor)
    at = before_cursor(code, cursor)
    depth = 0
    while at > 0
        character = code[at]
        if character in (')', ']', '}')
            depth += 1
        elseif character in ('(', '[', '{')
            depth -= 1
            if depth < 0
                character == '(' || return nothing
                before = SubString(code, 1, prevind(code, at))
                found = match(Regex("($(DOTTED_NAME.pattern))\\.?\$"), before)
                return found === nothing ? nothing : String(found[1])
            end
        end
        at = prevind(code, at)
    end
    return nothing
end

struct Found
    name::String
    # The module or value that has it, and its last part.
    owner::Any
    key::Symbol
    value::Any
end

"What a dotted name stands for, or nothing."
function find_name(name)
    name === nothing && return nothing
    owner, value = Main, Main
    parts = split(name, '.')
    # `@Base.time` is `@time` of Base, as is `Base.@time`.
    if startswith(name, '@') && length(parts) > 1
        parts = [chop(parts[1]; head = 1, tail = 0); parts[2:end-1]; "@" * parts[end]]
    end
    for part in parts
        owner, key = value, Symbol(part)
        is_there(owner, key) || return nothing
        value = getfield(owner, key)
    end
    return Found(name, owner, Symbol(parts[end]), value)
end

is_there(@nospecialize(owner), key::Symbol) = owner isa Module ? isdefined(owner, key) : hasfield(typeof(owner), key) && isdefined(owner, key)

function kind_of(@nospecialize(value), owner, key)
    value isa Module && return "module"
    value isa Type && return "class"
    value isa Function && return "function"
    owner isa Module || return "property"
    return isconst(owner, key) ? "constant" : "variable"
end
