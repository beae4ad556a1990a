# sf_sql(<service> <out_var>): the named queries of services/<service>/sql as C sources.
# sf_sql_folder(<name> <folder> <out_var>): the same for any folder: ${CMAKE_BINARY_DIR}/gen/<name>.sql.c and .h.
# A folder that is absent or empty yields empty arrays.
function(sf_sql_folder name folder out_var)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
    set(gen ${CMAKE_BINARY_DIR}/gen)
    set(outputs ${gen}/${name}.sql.c ${gen}/${name}.sql.h)
    file(MAKE_DIRECTORY ${gen})
    add_custom_command(
        OUTPUT ${outputs}
        COMMAND sqlembed ${name} ${outputs} ${files}
        DEPENDS sqlembed ${files}
        COMMENT "sqlembed ${name}"
        VERBATIM)
    set(${out_var} ${outputs} PARENT_SCOPE)
endfunction()

function(sf_sql service out_var)
    sf_sql_folder(${service} ${CMAKE_SOURCE_DIR}/services/${service}/sql outputs)
    set(${out_var} ${outputs} PARENT_SCOPE)
endfunction()
