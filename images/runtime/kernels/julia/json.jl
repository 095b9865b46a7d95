# JSON: the standard library has none.

const Object = Dict{String,Any}

"An object of pairs, whose types make no new method each."
function object(@nospecialize(pairs...))
    made = Object()
    for pair in pairs
        made[pair.first] = pair.second
    end
    return made
end

mutable struct Reader
    text::String
    at::Int
end

"Throws an ErrorException if the text is no JSON."
function read_json(text::String)
    reader = Reader(text, 1)
    value = read_value(reader)
    next_byte(reader) === 0x00 || error("JSON with something behind it")
    return value
end

"The next byte that is no white space, which is not taken; 0 at the end."
function next_byte(reader::Reader)
    text = reader.text
    while reader.at <= ncodeunits(text)
        byte = codeunit(text, reader.at)
        byte in (0x20, 0x09, 0x0a, 0x0d) || return byte
        reader.at += 1
    end
    return 0x00
end

function expect(reader::Reader, byte::UInt8)
    next_byte(reader) == byte || error("JSON without the $(repr(Char(byte))) at $(reader.at)")
    reader.at += 1
end

function read_value(reader::Reader)
    byte = next_byte(reader)
    byte == UInt8('"') && return read_string(reader)
    byte == UInt8('{') && return read_object(reader)
    byte == UInt8('[') && return read_array(reader)
    return read_word(reader)
end

function read_object(reader::Reader)
    made = Object()
    reader.at += 1
    next_byte(reader) == UInt8('}') && (reader.at += 1; return made)
    while true
        next_byte(reader)
        key = read_string(reader)
        expect(reader, UInt8(':'))
        made[key] = read_value(reader)
        next_byte(reader) == UInt8(',') || break
        reader.at += 1
    end
    expect(reader, UInt8('}'))
    return made
end

function read_array(reader::Reader)
    made = Any[]
    reader.at += 1
    next_byte(reader) == UInt8(']') && (reader.at += 1; return made)
    while true
        push!(made, read_value(reader))
        next_byte(reader) == UInt8(',') || break
        reader.at += 1
    end
    expect(reader, UInt8(']'))
    return made
end

function read_word(reader::Reader)
    text, from = reader.text, reader.at
    while reader.at <= ncodeunits(text) && !(codeunit(text, reader.at) in b",]} \t\r\n")
        reader.at += 1
    end
    word = String(codeunits(text)[from:reader.at-1])
    word == "null" && return nothing
    word == "true" && return true
    word == "false" && return false
    number = something(tryparse(Int, word), tryparse(Float64, word), Some(nothing))
    number === nothing && error("no JSON: $word")
    return number
end

function read_string(reader::Reader)
    text = reader.text
    expect(reader, UInt8('"'))
    made, from = IOBuffer(), reader.at
    while true
        reader.at <= ncodeunits(text) || error("a JSON string without an end")
        byte = codeunit(text, reader.at)
        if byte == UInt8('"') || byte == UInt8('\\')
            write(made, view(codeunits(text), from:reader.at-1))
            reader.at += 1
            byte == UInt8('"') && return String(take!(made))
            print(made, read_escape(reader))
            from = reader.at
        else
            reader.at += 1
        end
    end
end

const ESCAPES = Dict('n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f')

function read_escape(reader::Reader)
    reader.at <= ncodeunits(reader.text) || error("a JSON string without an end")
    letter = Char(codeunit(reader.text, reader.at))
    reader.at += 1
    letter == 'u' || return get(ESCAPES, letter, letter)
    unit = read_unit(reader)
    if 0xd800 <= unit < 0xdc00 && startswith(SubString(reader.text, reader.at), "\\u")
        back = reader.at
        reader.at += 2
        low = read_unit(reader)
        0xdc00 <= low < 0xe000 && return Char(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        reader.at = back
    end
    # Half of a surrogate pair is no character.
    return 0xd800 <= unit < 0xe000 ? '\ufffd' : Char(unit)
end

function read_unit(reader::Reader)
    digits = SubString(reader.text, reader.at, min(reader.at + 3, lastindex(reader.text)))
    reader.at += 4
    return parse(UInt32, digits; base = 16)
end

function write_json(@nospecialize(value))
    io = IOBuffer()
    write_value(io, value)
    return String(take!(io))
end

function write_value(io::IOBuffer, @nospecialize(value))
    if value === nothing
        print(io, "null")
    elseif value isa Bool
        print(io, value ? "true" : "false")
    elseif value isa AbstractString
        write_string(io, String(value))
    elseif value isa Symbol
        write_string(io, String(value))
    elseif value isa Integer
        print(io, value)
    elseif value isa AbstractFloat
        isfinite(value) ? print(io, Float64(value)) : print(io, "null")
    elseif value isa AbstractDict
        write_members(io, value)
    else
        write_elements(io, value)
    end
end

function write_members(io::IOBuffer, @nospecialize(members))
    separator = '{'
    for (key, value) in members
        print(io, separator)
        write_string(io, String(key))
        print(io, ':')
        write_value(io, value)
        separator = ','
    end
    print(io, separator == '{' ? "{}" : "}")
end

function write_elements(io::IOBuffer, @nospecialize(elements))
    separator = '['
    for value in elements
        print(io, separator)
        write_value(io, value)
        separator = ','
    end
    print(io, separator == '[' ? "[]" : "]")
end

function write_string(io::IOBuffer, text::String)
    print(io, '"')
    for character in text
        if character == '"' || character == '\\'
            print(io, '\\', character)
        elseif !isvalid(character)
            print(io, '\ufffd')
        elseif character < ' ' || character == '\x7f'
            print(io, "\\u", string(UInt32(character); base = 16, pad = 4))
        else
            print(io, character)
        end
    end
    print(io, '"')
end
