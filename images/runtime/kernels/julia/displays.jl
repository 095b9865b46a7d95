# `display` in a cell.

struct CellDisplay <: AbstractDisplay end
const DISPLAY = CellDisplay()

function offer_display()
    put_display_on_top()
    # A package may push one that draws in a window.
    push!(Base.package_callbacks, _ -> put_display_on_top())
    # The figures of GR are for us, not for a window.
    get!(ENV, "GKSwstype", "nul")
end

function put_display_on_top()
    displays = Base.Multimedia.displays
    filter!(display -> display !== DISPLAY, displays)
    push!(displays, DISPLAY)
end

display_fields() = object("displayId" => nothing, "update" => false)

function Base.display(::CellDisplay, @nospecialize(value))
    show_bundle("display", bundle(value), display_fields())
end

function Base.display(::CellDisplay, mime::MIME, @nospecialize(value))
    name = string(mime)
    show_bundle("display", object(name => represent(name, value)), display_fields())
end

Base.displayable(::CellDisplay, ::MIME) = true

"""
    clear_output(wait = false)

Clears what the cell has shown; with `wait`, when it shows something else.
"""
clear_output(wait::Bool = false) = send_event("clear", object("wait" => wait))
