# From a cell's code to its expressions.

struct WrongCode <: Exception
    message::String
    # From 1 and from 0; nothing if the parser does not tell.
    line::Union{Nothing,Int}
    column::Union{Nothing,Int}
    incomplete::Bool
end

"The cell's expressions with their lines. Throws WrongCode: a cell that does not parse runs not at all."
function parse_cell(code::String, file)
    tree = Meta.parseall(code; filename = file)
    tree isa Expr && tree.head === :toplevel || (tree = Expr(:toplevel, tree))
    found, line = Tuple{Any,Int}[], 1
    for part in tree.args
        if part isa LineNumberNode
            line = part.line
        elseif part isa Expr && part.head in (:error, :incomplete)
            throw(wrong_code(part, code, line))
        else
            push!(found, (part, line))
        end
    end
    return found
end

function wrong_code(part::Expr, code, line)
    problem = isempty(part.args) ? "" : part.args[1]
    incomplete = part.head === :incomplete
    place = first_problem(problem)
    place === nothing && return WrongCode(text_of(problem), line, nothing, incomplete)
    message, byte = place
    before = SubString(code, 1, prevind(code, clamp(byte, 1, ncodeunits(code) + 1)))
    last_line = SubString(before, nextind(before, something(findlast(isequal('\n'), before), 0)))
    return WrongCode(message, count(isequal('\n'), before) + 1, units(last_line), incomplete)
end

"The first message of JuliaSyntax, Julia's parser since 1.10, and the byte where it points."
function first_problem(@nospecialize(problem))
    try
        # Julia's own exception is around it, or not, by version.
        detail = hasproperty(problem, :detail) ? problem.detail : problem
        for diagnostic in detail.diagnostics
            diagnostic.level === :error && return diagnostic.message, Int(diagnostic.first_byte)
        end
    catch
        # It has none: the code goes on where it should have ended.
    end
    return nothing
end

text_of(problem) = problem isa Exception ? sprint(showerror, problem) : string(problem)
