# What travels of a value: images and pages become files named by their content, and nothing is longer than a reader takes.

const IMAGES = [
    "image/png" => "png",
    "image/jpeg" => "jpg",
    "image/svg+xml" => "svg",
    "image/gif" => "gif",
    "image/webp" => "webp",
]
const TEXTS = ["text/html", "text/markdown", "text/latex"]
# Bytes of an image that travels in a bundle.
const MAX_IMAGE = 2 * 1024 * 1024
# Rows and columns of text.
const SCREEN = (24, 100)

"Where images of the running cell go; nothing: they travel in the bundle."
const ASSET_DIR = Ref{Union{Nothing,String}}(nothing)

"The value's images and texts, by MIME type. Runs the user's own `show`."
function bundle(@nospecialize(value))
    data = Object()
    image = findfirst(pair -> showable(pair.first, value), IMAGES)
    if image !== nothing
        mime = IMAGES[image].first
        data[mime] = represent(mime, value)
        ASSET_DIR[] === nothing || return data
    else
        for mime in TEXTS
            showable(mime, value) && (data[mime] = represent(mime, value))
        end
        ASSET_DIR[] !== nothing && haskey(data, "text/html") && says_only_its_type(value) && return data
    end
    data["text/plain"] = represent("text/plain", value)
    return data
end

"Bytes or text. What already is of that MIME type stays as it is."
function represent(mime, @nospecialize(value))
    return repr(MIME(mime), value; context = IOContext(devnull, screen()...))
end

screen() = (:limit => true, :color => false, :displaysize => SCREEN, :module => Main)

"Whether its text is the one that Julia makes for any struct."
function says_only_its_type(@nospecialize(value))
    type = typeof(value)
    has_own = which(show, Tuple{IO,MIME"text/plain",type}) !== which(show, Tuple{IO,MIME"text/plain",Any})
    return !has_own && which(show, Tuple{IO,type}) === which(show, Tuple{IO,Any})
end

"Sends a display or result; with a folder for assets, its image or page as one."
function show_bundle(event, data::Object, fields)
    if ASSET_DIR[] !== nothing
        for (mime, extension) in IMAGES
            haskey(data, mime) && return send_asset(data[mime], mime, extension)
        end
        if haskey(data, "text/html")
            send_asset(pop!(data, "text/html"), "text/html", "html")
        end
    end
    bundle = Object()
    for (mime, content) in data
        fitted = fit(mime, content)
        fitted === nothing || (bundle[mime] = fitted)
    end
    isempty(data) && return
    isempty(bundle) && (bundle["text/plain"] = "<$(first(keys(data))), too large to be shown>")
    send_event(event, merge!(object("data" => bundle, "metadata" => Object()), fields))
end

"The content as it travels, or nothing if it is too long to."
function fit(mime, content)
    mime == "text/plain" && return cut(content)
    content isa AbstractString || (content = Base64.base64encode(content))
    limit = any(pair -> pair.first == mime, IMAGES) ? MAX_IMAGE : MAX_TEXT
    return ncodeunits(content) <= limit ? content : nothing
end

function send_asset(content, mime, extension)
    bytes = content isa AbstractString ? Vector{UInt8}(codeunits(String(content))) : Vector{UInt8}(content)
    name = string(bytes2hex(SHA.sha256(bytes))[1:12], '.', extension)
    path = joinpath(ASSET_DIR[], name)
    isfile(path) || save_asset(bytes, path)
    send_event("asset", object("path" => path, "name" => name, "mime" => mime, "size" => length(bytes)))
end

function save_asset(bytes, path)
    mkpath(dirname(path))
    temporary = joinpath(dirname(path), string('.', basename(path), '.', getpid()))
    open(temporary, "w") do file
        write(file, bytes)
        flush(file)
        ccall(:fsync, Cint, (Cint,), fd(file))
    end
    mv(temporary, path; force = true)
end
