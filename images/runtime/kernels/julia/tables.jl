# Tables of packages, through Tables.jl where it is loaded.

struct Table
    columns::Any
    names::Vector{Symbol}
    count::Int
end

const TABLES = Base.PkgId(Base.UUID("bd369af6-aec1-5ad0-b16a-f7cc5008161c"), "Tables")

"The value as a table of columns that it already holds, or nothing."
function table_of(@nospecialize(value))
    module_ = get(Base.loaded_modules, TABLES, nothing)
    module_ === nothing && return nothing
    # These are shown as what they are; types of the user's own run their code.
    value isa Union{Atom,Function,AbstractArray,AbstractDict,AbstractSet,Tuple,NamedTuple} && return nothing
    is_own(value) && return nothing
    try
        module_.istable(value) && module_.columnaccess(typeof(value)) || return nothing
        columns = module_.columns(value)
        return Table(columns, collect(Symbol, module_.columnnames(columns)), module_.rowcount(columns))
    catch
        return nothing
    end
end

column(table::Table, name::Symbol) = Base.loaded_modules[TABLES].getcolumn(table.columns, name)
