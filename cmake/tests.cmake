# Every tests/unit/test_X.c and tests/cases/test_X.c is one ctest (unit_X, cases_X); its first
# line names what it links:
#     /* links: base */
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
file(GLOB c_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/test_*.c
    ${CMAKE_SOURCE_DIR}/tests/cases/test_*.c)
if(NOT CMOCKA_FOUND)
    set(c_tests "")
    message(STATUS "no cmocka: tests in C are left out (./dev test installs it)")
endif()
foreach(source ${c_tests})
    get_filename_component(name ${source} NAME_WE)
    get_filename_component(folder ${source} DIRECTORY)
    get_filename_component(label ${folder} NAME)
    file(STRINGS ${source} first LIMIT_COUNT 1)
    if(NOT first MATCHES "^/\\* links: ([A-Za-z: ]+) \\*/")
        message(FATAL_ERROR "${source}: the first line must be /* links: LAYER */")
    endif()
    string(REPLACE " " ";" links "${CMAKE_MATCH_1}")
    if(NOT label STREQUAL "unit")
        string(REGEX REPLACE "^test_" "${label}_" name ${name})
    endif()
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/engine
        ${CMAKE_SOURCE_DIR}/tests/unit)
    target_compile_definitions(${name} PRIVATE TESTS="${CMAKE_SOURCE_DIR}/tests"
        ROOT="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${links} PkgConfig::CMOCKA)
    string(REGEX REPLACE "^test_" "${label}_" test ${name})
    add_test(NAME ${test} COMMAND ${name})
    set_tests_properties(${test} PROPERTIES LABELS ${label} TIMEOUT 120 SKIP_RETURN_CODE 77
        WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
endforeach()
# script_tests(FOLDER INTERPRETER ENDING): each tests/FOLDER/test_X.ENDING is the ctest FOLDER_X
# with the label FOLDER. It finds the program in $TENON, the tree in $ROOT, starts servers on
# ports of its own, and passes when it exits 0.
function(script_tests folder interpreter ending)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/test_*.${ending})
    foreach(script ${found})
        get_filename_component(name ${script} NAME_WE)
        string(REGEX REPLACE "^test_" "${folder}_" test ${name})
        add_test(NAME ${test} COMMAND ${interpreter} ${script})
        set_tests_properties(${test} PROPERTIES LABELS ${folder} TIMEOUT 600
            ENVIRONMENT "TENON=${CMAKE_BINARY_DIR}/tenon;ROOT=${CMAKE_SOURCE_DIR}")
    endforeach()
endfunction()
find_program(PYTHON python3)
foreach(folder api browser fault cases)
    script_tests(${folder} ${NODE} mjs)
    if(PYTHON)
        script_tests(${folder} ${PYTHON} py)
    endif()
endforeach()

# The shipped app's scenarios.
if(TARGET tenon AND EXISTS ${CMAKE_SOURCE_DIR}/app.yaml)
    add_test(NAME scenarios_crm COMMAND tenon test ${CMAKE_SOURCE_DIR})
    set_tests_properties(scenarios_crm PROPERTIES LABELS scenarios TIMEOUT 300)
endif()

file(GLOB more CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/tests.cmake)
foreach(file ${more})
    include(${file})
endforeach()
