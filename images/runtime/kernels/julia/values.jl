# What a variable is, in one row: cheap to compute, however large the value is, and without code of the user's own.

# What stands for a member that has none.
struct Unassigned end
const UNASSIGNED = Unassigned()

const MAX_KEYS = 50
# Characters.
const MAX_PREVIEW = 200

const PlainNumber = Union{Base.BitInteger,Bool,Float16,Float32,Float64,BigInt,BigFloat}
# Values without parts that anyone would look into.
const Atom = Union{
    Nothing, Missing, PlainNumber, Complex{<:PlainNumber}, Rational{<:PlainNumber}, Irrational,
    AbstractString, AbstractChar, Symbol, Type, Module, VersionNumber, Regex, IO, Task, Cmd, Base.UUID,
}
# Packages whose `show` is quick and whose values are what it says.
const QUICK = (:Dates, :Sockets)

is_atom(@nospecialize(value)) = value isa Atom || nameof(Base.moduleroot(parentmodule(typeof(value)))) in QUICK

"Whether a cell has defined its type: its methods are code of the user's own."
is_own(@nospecialize(value)) = Base.moduleroot(parentmodule(typeof(value))) === Main

is_array(@nospecialize(value)) = value isa AbstractArray && !is_own(value)
is_dict(@nospecialize(value)) = value isa AbstractDict && !is_own(value)
is_set(@nospecialize(value)) = value isa AbstractSet && !is_own(value)

function describe(name, @nospecialize(value))
    shape = shape_of(value)
    return object(
        "name" => name,
        "type" => type_name(value),
        "value" => preview(value),
        "size" => size_of(value),
        "expandable" => is_expandable(value),
        "shape" => shape,
        "dtype" => is_array(value) ? shorten(string(eltype(value)), MAX_PREVIEW) : nothing,
        "length" => length_of(value),
        "keys" => keys_of(value),
    )
end

type_name(@nospecialize(value)) = value === UNASSIGNED ? "#undef" : shorten(string(typeof(value)), MAX_PREVIEW)

"The sizes of an array's or a table's dimensions, or nothing."
function shape_of(@nospecialize(value))
    is_array(value) && return ndims(value) == 0 ? nothing : collect(Int, size(value))
    table = table_of(value)
    return table === nothing ? nothing : [table.count, length(table.names)]
end

function length_of(@nospecialize(value))
    if is_array(value) || is_dict(value) || is_set(value) || value isa Union{Tuple,NamedTuple,String}
        return length(value)
    end
    table = table_of(value)
    return table === nothing ? nothing : table.count
end

"Bytes; of a container, without what it holds."
function size_of(@nospecialize(value))
    try
        return Int(Core.sizeof(value))
    catch
        return nothing
    end
end

function keys_of(@nospecialize(value))
    is_dict(value) && return [shorten(label(key), MAX_PREVIEW) for key in Iterators.take(keys(value), MAX_KEYS)]
    value isa NamedTuple && return [string(key) for key in Iterators.take(keys(value), MAX_KEYS)]
    table = table_of(value)
    return table === nothing ? nothing : [string(name) for name in Iterators.take(table.names, MAX_KEYS)]
end

function is_expandable(@nospecialize(value))
    is_atom(value) && return false
    if is_array(value) || is_dict(value) || is_set(value) || value isa Union{Tuple,NamedTuple}
        return !isempty(value)
    end
    return !(value isa Function) && (nfields(value) > 0 || table_of(value) !== nothing)
end

"A key as a step of a path."
label(@nospecialize(key)) = key isa AbstractString && !is_own(key) || key isa Symbol ? string(key) : preview(key)
