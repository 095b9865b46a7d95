# Lengths of text. The protocol counts UTF-16 code units, Julia counts bytes.

# Characters of a text in a bundle.
const MAX_TEXT = 256 * 1024

"At most that many characters, and a note about the others."
function cut(text::AbstractString, limit = MAX_TEXT)
    # A character is at least one byte.
    ncodeunits(text) <= limit && return String(text)
    count = length(text)
    count <= limit && return String(text)
    return string(first(text, limit), "\n… ", count - limit, " characters left out …")
end

"At most that many characters, the last of which says that there are more."
function shorten(text::AbstractString, limit)
    (ncodeunits(text) <= limit || length(text) <= limit) && return String(text)
    return first(text, limit - 1) * "…"
end

units(character::Char) = isvalid(character) && UInt32(character) >= 0x10000 ? 2 : 1
units(text::AbstractString) = isempty(text) ? 0 : sum(units(character) for character in text)

"The byte index of the last character before the cursor; 0 at the beginning."
function before_cursor(text::String, cursor::Integer)
    at, counted = 0, 0
    for (index, character) in pairs(text)
        counted += units(character)
        counted > cursor && break
        at = index
    end
    return at
end
