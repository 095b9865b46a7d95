# What a value consists of, a page at a time: the step inwards, and never a copy of the whole.

const MAX_COLUMNS = 100
# Characters of one cell of a table, and of a whole value.
const MAX_CELL = 200
const MAX_FULL = 10_000

"The value's row, its full text, and the page of its members from `offset` on."
function detail(name, @nospecialize(value), offset, limit)
    table = page_of_table(value, offset, limit)
    members = members_of(value)
    # Of a table the page is one of rows.
    from = table === nothing ? offset : 0
    page = [describe(shorten(step, MAX_PREVIEW), member) for (step, member) in page_of(members, from, limit)]
    total = table === nothing ? members.count : shape_of(value)[1]
    shown = table === nothing ? length(page) : length(table["rows"])
    more = object(
        "fullValue" => full_text(value),
        "children" => isempty(page) ? nothing : page,
        "count" => total,
        "truncated" => offset + shown < total,
        "table" => table,
        "methods" => nothing,
        "attributes" => nothing,
    )
    return merge!(describe(name, value), more)
end

"How many members there are, and what yields pairs of step and member from the first on, after so many."
struct Members
    count::Int
    after::Any
end

function page_of(members::Members, offset, limit)
    return Iterators.take(members.after(offset), limit)
end

function members_of(@nospecialize(value))
    if is_atom(value) || value isa Function
        return Members(0, offset -> ())
    elseif is_array(value)
        return members_of_array(value)
    elseif is_dict(value)
        return Members(length(value), offset -> ((label(pair.first), pair.second) for pair in Iterators.drop(value, offset)))
    elseif is_set(value)
        after(offset) = ((string(offset + i), member) for (i, member) in enumerate(Iterators.drop(value, offset)))
        return Members(length(value), after)
    end
    table = table_of(value)
    if table !== nothing
        return members_of_names(table.names, name -> column(table, name))
    end
    return members_of_names(fieldnames(typeof(value)), name -> isdefined(value, name) ? getfield(value, name) : UNASSIGNED)
end

function members_of_names(names, member)
    return Members(length(names), offset -> ((string(name), member(name)) for name in Iterators.drop(names, offset)))
end

"Of a vector its elements, of a matrix its columns, else the slices along the first dimension."
function members_of_array(@nospecialize(value))
    dimension = ndims(value) == 2 ? 2 : 1
    indices = ndims(value) == 0 ? (1:1) : axes(value, dimension)
    return Members(length(indices), offset -> ((string(i), member_at(value, i)) for i in Iterators.drop(indices, offset)))
end

function member_at(@nospecialize(value), index)
    ndims(value) <= 1 && return isassigned(value, index) ? value[index] : UNASSIGNED
    return selectdim(value, ndims(value) == 2 ? 2 : 1, index)
end

"The member that a path's step names."
function step_into(@nospecialize(value), step::String)
    if is_array(value)
        index = tryparse(Int, step)
        indices = ndims(value) == 0 ? (1:1) : axes(value, ndims(value) == 2 ? 2 : 1)
        index === nothing || !(index in indices) && error("it has no element $step")
        index === nothing || return member_at(value, index)
    else
        for (name, member) in members_of(value).after(0)
            name == step && return member
        end
    end
    error("there is no $(repr(step)) in it")
end

"Rows of a table or of an array with two dimensions, as text."
function page_of_table(@nospecialize(value), offset, limit)
    if is_array(value)
        ndims(value) == 2 || return nothing
        rows, columns = axes(value, 1), Iterators.take(axes(value, 2), MAX_COLUMNS)
        type = shorten(string(eltype(value)), MAX_PREVIEW)
        named = [object("name" => string(i), "dtype" => type) for i in columns]
        page = collect(Iterators.take(Iterators.drop(rows, offset), limit))
        texts = [[cell_of(value, row, column) for column in columns] for row in page]
        return object("columns" => named, "index" => [string(row) for row in page], "rows" => texts)
    end
    table = is_atom(value) ? nothing : table_of(value)
    table === nothing && return nothing
    names = collect(Iterators.take(table.names, MAX_COLUMNS))
    columns = Any[column(table, name) for name in names]
    named = [object("name" => string(name), "dtype" => string(eltype(of))) for (name, of) in zip(names, columns)]
    page = offset+1:min(offset + limit, table.count)
    texts = [[cell_of(of, firstindex(of) + row - 1) for of in columns] for row in page]
    return object("columns" => named, "index" => [string(row) for row in page], "rows" => texts)
end

function cell_of(@nospecialize(holder), index...)
    isassigned(holder, index...) || return nothing
    value = holder[index...]
    (value === missing || value === nothing) && return nothing
    return value isa AbstractString && !is_own(value) ? shorten(value, MAX_CELL) : shorten(preview(value), MAX_CELL)
end

function full_text(@nospecialize(value))
    value isa AbstractString && !is_own(value) && return first(value, MAX_FULL)
    # Julia shows these itself, by their ends, and calls nobody else's code for what they hold.
    if is_array(value) && eltype(value) <: Union{PlainNumber,Complex{<:PlainNumber},String,Symbol,Char,Missing,Nothing}
        return first(represent("text/plain", value), MAX_FULL)
    end
    return preview(value)
end
