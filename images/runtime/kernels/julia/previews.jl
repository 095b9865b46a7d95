# Short texts of values. Julia's own `show` would call that of whatever a container holds.

# Members of a container, and containers within containers.
const MAX_MEMBERS = 10
const MAX_DEPTH = 2
# Characters of a string within a container.
const MAX_STRING = 60
# Elements of an array that is shown as what it holds.
const MAX_ELEMENTS = 20
# Limbs of 64 bits.
const MAX_LIMBS = 32

function preview(@nospecialize(value))
    value isa Base.BitInteger && return string(value)
    return shorten(sprint(print_short, value, 0), MAX_PREVIEW)
end

function print_short(io::IO, @nospecialize(value), depth)
    if value isa AbstractString
        is_own(value) ? print(io, typeof(value)) : show(io, shorten(value, depth == 0 ? MAX_PREVIEW : MAX_STRING))
    elseif value isa BigInt && abs(value.size) > MAX_LIMBS
        print(io, "BigInt of ", 64 * abs(value.size), " bits")
    elseif value === UNASSIGNED
        print(io, "#undef")
    elseif is_atom(value) && !is_own(value)
        value isa Union{IO,Task} ? print(io, nameof(typeof(value))) : show(IOContext(io, screen()...), value)
    elseif value isa Function
        print(io, startswith(string(nameof(value)), '#') ? "anonymous function" : nameof(value))
    elseif is_array(value)
        print_array(io, value, depth)
    elseif is_dict(value)
        print(io, nameof(typeof(value)))
        print_members(io, '(', value, ')', depth, length(value))
    elseif is_set(value)
        print(io, nameof(typeof(value)))
        print_members(io, "([", value, "])", depth, length(value))
    elseif value isa Pair
        print_short(io, value.first, depth)
        print(io, " => ")
        print_short(io, value.second, depth)
    elseif value isa NamedTuple
        print_named(io, keys(value), value, depth)
    elseif value isa Tuple
        print_members(io, '(', value, length(value) == 1 ? ",)" : ')', depth, length(value))
    else
        print_struct(io, value, depth)
    end
end

function print_array(io::IO, @nospecialize(value), depth)
    if value isa AbstractRange && !(value isa LinRange) && eltype(value) <: PlainNumber
        show(io, value)
    elseif length(value) > (depth == 0 ? MAX_ELEMENTS : MAX_MEMBERS) || ndims(value) > 1
        print(io, nameof(typeof(value)), '{', shorten(string(eltype(value)), MAX_STRING), "} of ", join(size(value), " × "))
    else
        isempty(value) && print(io, shorten(string(eltype(value)), MAX_STRING))
        elements = (isassigned(value, index) ? value[index] : UNASSIGNED for index in eachindex(value))
        print_members(io, '[', elements, ']', depth, length(value))
    end
end

function print_members(io::IO, open, @nospecialize(members), close, depth, count)
    print(io, open)
    if depth >= MAX_DEPTH
        count > 0 && print(io, '…')
    else
        for (position, member) in enumerate(Iterators.take(members, MAX_MEMBERS + 1))
            position > 1 && print(io, ", ")
            position > MAX_MEMBERS && depth > 0 && (print(io, '…'); break)
            print_short(io, member, depth + 1)
        end
        depth == 0 && count > MAX_MEMBERS + 1 && print(io, ", …")
    end
    print(io, close)
end

function print_struct(io::IO, @nospecialize(value), depth)
    type = typeof(value)
    print(io, nameof(type))
    shape = shape_of(value)
    if shape !== nothing
        print(io, " of ", join(shape, " × "))
    elseif isprimitivetype(type)
        print(io, "(…)")
    else
        print_named(io, fieldnames(type), value, depth)
    end
end

function print_named(io::IO, names, @nospecialize(value), depth)
    print(io, '(')
    for (position, name) in enumerate(names)
        position > 1 && print(io, ", ")
        (position > MAX_MEMBERS || depth >= MAX_DEPTH) && (print(io, '…'); break)
        # Fields of a tuple have numbers.
        name isa Symbol && print(io, name, " = ")
        print_short(io, isdefined(value, name) ? getfield(value, name) : UNASSIGNED, depth + 1)
    end
    print(io, ')')
end
