# proto/sentient/*.proto → ${CMAKE_BINARY_DIR}/gen/sentient/: messages, tables, typed code, OpenAPI. One command makes all of it.
#   sf_contract      messages and tables; depends on kit's headers and protobuf-c alone
#   sf_contract_svc  typed calls of other services and typed events, over svc
find_program(PROTOC protoc REQUIRED)
find_program(PROTOC_C protoc-c REQUIRED)
find_path(PROTOBUF_INCLUDE google/protobuf/descriptor.proto REQUIRED)

set(SF_GEN ${CMAKE_BINARY_DIR}/gen)
set(SF_PROTO_SHARED common) # files without services: messages and tables only

file(GLOB proto_paths CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/sentient/*.proto)
set(SF_PROTOS)
set(pb_sources)
set(contract_sources)
set(svc_sources)
set(other_files)
foreach(path IN LISTS proto_paths)
    cmake_path(GET path STEM name)
    if(name STREQUAL options)
        continue()
    endif()
    list(APPEND SF_PROTOS sentient/${name}.proto)
    list(APPEND pb_sources sentient/${name}.pb-c.c)
    list(APPEND contract_sources sentient/${name}.contract.c)
    list(APPEND other_files sentient/${name}.pb-c.h sentient/${name}.contract.h)
    if(NOT name IN_LIST SF_PROTO_SHARED)
        list(APPEND svc_sources sentient/${name}.client.c sentient/${name}.events.c)
        list(APPEND other_files sentient/${name}.client.h sentient/${name}.events.h sentient/${name}.handlers.h
             sentient/${name}.dispatch.c)
    endif()
endforeach()
list(APPEND contract_sources sentient/contracts.c sentient/openapi.c)
list(APPEND other_files sentient/contracts.h sentient/openapi.h sentient/openapi.json sentient/postman.json)

# Made aside, then copied where the content differs: what did not change is not compiled again.
set(stage ${CMAKE_BINARY_DIR}/gen.stage)
set(outputs ${pb_sources} ${contract_sources} ${svc_sources} ${other_files})
set(staged ${outputs})
list(TRANSFORM outputs PREPEND ${SF_GEN}/)
list(TRANSFORM staged PREPEND ${stage}/)
add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${stage}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${stage} ${SF_GEN}/sentient
    COMMAND ${PROTOC} -I ${CMAKE_SOURCE_DIR}/proto -I ${PROTOBUF_INCLUDE} --include_imports --include_source_info
            --descriptor_set_out=${stage}/raw.pb ${SF_PROTOS}
    COMMAND protoc-gen-sentient --expand ${stage}/raw.pb ${stage}/full.pb
    COMMAND ${PROTOC} --descriptor_set_in=${stage}/full.pb --plugin=protoc-gen-sentient=$<TARGET_FILE:protoc-gen-sentient>
            --sentient_out=${stage} ${SF_PROTOS}
    COMMAND ${PROTOC_C} --descriptor_set_in=${stage}/full.pb --c_out=${stage} ${SF_PROTOS}
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${staged} ${SF_GEN}/sentient
    DEPENDS protoc-gen-sentient ${proto_paths}
    COMMENT "The contract: proto/ → gen/"
    VERBATIM)

list(TRANSFORM pb_sources PREPEND ${SF_GEN}/)
list(TRANSFORM contract_sources PREPEND ${SF_GEN}/)
list(TRANSFORM svc_sources PREPEND ${SF_GEN}/)
set_source_files_properties(${pb_sources} PROPERTIES COMPILE_OPTIONS -w)

add_library(sf_contract STATIC ${pb_sources} ${contract_sources})
target_include_directories(sf_contract PUBLIC ${SF_GEN} ${CMAKE_SOURCE_DIR}/shared)
target_link_libraries(sf_contract PUBLIC PkgConfig::PROTOBUF_C)
target_compile_options(sf_contract PRIVATE ${SF_WARNINGS})

add_library(sf_contract_svc STATIC ${svc_sources})
target_link_libraries(sf_contract_svc PUBLIC sf_contract sf_svc)
target_compile_options(sf_contract_svc PRIVATE ${SF_WARNINGS})
