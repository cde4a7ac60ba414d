# The browser's files: bundled by cmake/web.mjs and embedded into the object library `web`.
set(web_from ${CMAKE_SOURCE_DIR}/web)
set(web_to ${CMAKE_BINARY_DIR}/web)
find_program(NODE node REQUIRED)

# Packages once per lock file; a lock, because several builds may be configured at a time.
function(npm_packages folder)
    set(stamp ${folder}/node_modules/.package-lock.json)
    file(LOCK ${folder}/.npm.lock GUARD FUNCTION TIMEOUT 600)
    if(EXISTS ${stamp} AND NOT ${folder}/package-lock.json IS_NEWER_THAN ${stamp})
        return()
    endif()
    find_program(NPM npm REQUIRED)
    message(STATUS "npm ci in ${folder}")
    execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
        WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
    if(EXISTS ${folder}/node_modules/esbuild/install.js)
        execute_process(COMMAND ${NODE} node_modules/esbuild/install.js
            WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
    endif()
    file(TOUCH ${stamp})
endfunction()
npm_packages(${web_from})

set(web_files "")
foreach(folder pages fields css js i18n img)
    file(GLOB_RECURSE some CONFIGURE_DEPENDS ${web_from}/${folder}/*)
    list(APPEND web_files ${some})
endforeach()
# The apps that `tenon new` makes: templates/ and the shipped one.
file(GLOB_RECURSE starter_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/templates/* ${CMAKE_SOURCE_DIR}/forms/*
    ${CMAKE_SOURCE_DIR}/workflows/* ${CMAKE_SOURCE_DIR}/dashboards/* ${CMAKE_SOURCE_DIR}/plugins/*
    ${CMAKE_SOURCE_DIR}/demo/* ${CMAKE_SOURCE_DIR}/tests/scenarios/*)

add_custom_command(
    OUTPUT ${web_to}/asset_data.S ${web_to}/asset_table.c
    COMMAND ${NODE} ${CMAKE_SOURCE_DIR}/cmake/web.mjs ${web_from} ${web_to} ${CMAKE_SOURCE_DIR}
    DEPENDS ${web_files} ${starter_files} ${CMAKE_SOURCE_DIR}/app.yaml
        ${CMAKE_SOURCE_DIR}/cmake/web.mjs ${web_from}/package-lock.json
    COMMENT "Bundling and embedding web/")
add_library(web OBJECT ${web_to}/asset_data.S ${web_to}/asset_table.c)
target_include_directories(web PUBLIC ${CMAKE_SOURCE_DIR}/engine)
