# What is known of a name: signatures, documentation, source.

# Characters.
const MAX_ANSWER = 20_000
const MAX_METHODS = 10
# Bytes of a file that is read for a function's source.
const MAX_FILE = 2_000_000

"The signatures of a function's or a type's methods, a line each, or nothing."
function signature_of(@nospecialize(value))
    value isa Union{Function,Type} || return nothing
    all = try
        collect(Iterators.take(methods(value), MAX_METHODS + 1))
    catch
        return nothing
    end
    isempty(all) && return nothing
    lines = unique([signature_of_method(method) for method in all[1:min(end, MAX_METHODS)]])
    length(all) > MAX_METHODS && push!(lines, "…")
    return shorten(join(lines, '\n'), MAX_ANSWER)
end

"As Julia shows it, without the place."
signature_of_method(method) = replace(sprint(show, method), r"\s+(?:in|@) \S+(?: at)? \S+:\d+\s*$" => "")

"The docstring of a name as Markdown, or nothing."
function docstring_of(found::Found)
    found.owner isa Module || return nothing
    text = try
        Markdown.plain(Base.Docs.doc(Base.Docs.Binding(found.owner, found.key)))
    catch
        return nothing
    end
    # What Julia says of a name without one.
    startswith(text, r"No (documentation|docstring)") && return nothing
    return shorten(strip(text), MAX_ANSWER)
end

"Source, file and line of a function; nothing of each that is not known. A cell is no file."
function source_of(@nospecialize(value))
    value isa Union{Function,Type} || return nothing, nothing, nothing
    all = collect(Iterators.take(methods(value), 1))
    isempty(all) && return nothing, nothing, nothing
    file, line = String(all[1].file), Int(all[1].line)
    is_cell(file) && return expression_at(SOURCES[file], line), nothing, line
    path = Base.find_source_file(file)
    path !== nothing && isfile(path) && filesize(path) <= MAX_FILE || return nothing, path, line
    return expression_at(read(path, String), line), path, line
end

"The text of the expression that begins in that line, or nothing."
function expression_at(code, line)
    from = 1
    for _ in 2:line
        next = findnext(isequal('\n'), code, from)
        next === nothing && return nothing
        from = next + 1
    end
    from > ncodeunits(code) && return nothing
    _, stop = Meta.parse(code, from; raise = false)
    return shorten(rstrip(String(codeunits(code)[from:min(stop - 1, end)])), MAX_ANSWER)
end
