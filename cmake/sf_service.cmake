# sf_service(name): the daemon sentient-<name> from services/<name>/*.c, its queries and its generated dispatch table.
# Layers are link lists: *_rules.c sees base alone, so a rule that touches libpq does not link.
function(sf_service name)
    file(GLOB rules CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/${name}/*_rules.c)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/${name}/*.c)
    list(REMOVE_ITEM sources ${rules} ${CMAKE_SOURCE_DIR}/services/${name}/main.c)

    if(rules)
        add_library(${name}_rules STATIC ${rules})
        target_include_directories(${name}_rules PUBLIC ${CMAKE_SOURCE_DIR}/services/${name})
        target_link_libraries(${name}_rules PUBLIC sf_base)
        target_compile_options(${name}_rules PRIVATE ${SF_WARNINGS})
    endif()

    sf_sql(${name} sql_sources)
    add_library(${name}_service STATIC ${sources} ${sql_sources})
    target_include_directories(${name}_service PUBLIC ${CMAKE_SOURCE_DIR}/services/${name} ${CMAKE_BINARY_DIR}/gen)
    target_link_libraries(${name}_service PUBLIC sf_svc sf_contract sf_contract_svc)
    if(rules)
        target_link_libraries(${name}_service PUBLIC ${name}_rules)
    endif()
    target_compile_options(${name}_service PRIVATE ${SF_WARNINGS})

    add_executable(sentient-${name} ${CMAKE_SOURCE_DIR}/services/${name}/main.c ${CMAKE_BINARY_DIR}/gen/sentient/${name}.dispatch.c)
    add_dependencies(sentient-${name} sf_contract)
    set_source_files_properties(${CMAKE_BINARY_DIR}/gen/sentient/${name}.dispatch.c PROPERTIES GENERATED ON)
    target_link_libraries(sentient-${name} PRIVATE ${name}_service)
    target_compile_options(sentient-${name} PRIVATE ${SF_WARNINGS})
endfunction()
