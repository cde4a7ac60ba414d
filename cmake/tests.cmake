# Every tests/unit/test_X.c and tests/cases/test_X.c is one ctest (unit_X, cases_X); its first
# line names what it links:
#     /* links: base */
include(cmake/tests_pg.cmake)
if(pg_here AND NOT SANITIZE)
    include(cmake/tests_next.cmake)
endif()
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
    file(STRINGS ${source} database
        REGEX "\"(test_url|test_database|test_library|workshop).h\"|on: postgresql")
    if(database)
        database_test(${test} ${source} pg $<TARGET_FILE:${name}>)
    else()
        add_test(NAME ${test} COMMAND ${name})
    endif()
    set_database_tests(${test} ${label} TIMEOUT 120 WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
endforeach()
# script_tests(FOLDER INTERPRETER ENDING CLUSTER): each tests/FOLDER/test_X.ENDING is the ctest
# FOLDER_X with the label FOLDER, and with a CLUSTER also FOLDER_X_pg. It finds the program in
# $TENON, the tree in $ROOT, starts servers on ports of its own, and passes when it exits 0. These
# are long: COST lets them begin before the short ones, which fill the end.
set(script_environment "TENON=${CMAKE_BINARY_DIR}/tenon;ROOT=${CMAKE_SOURCE_DIR}")
function(script_tests folder interpreter ending cluster)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/test_*.${ending})
    foreach(script ${found})
        get_filename_component(name ${script} NAME_WE)
        string(REGEX REPLACE "^test_" "${folder}_" test ${name})
        if(cluster)
            database_test(${test} ${script} ${cluster} ${interpreter} ${script})
        else()
            add_test(NAME ${test} COMMAND ${interpreter} ${script})
        endif()
        set_database_tests(${test} ${folder} TIMEOUT 600 COST 10
            ENVIRONMENT "${script_environment}")
    endforeach()
endfunction()
set(folders api=pg browser=pg fault=pg_durable cases=)
if(pg_here)
    list(APPEND folders pg=)
endif()
foreach(pair ${folders})
    string(REGEX MATCH "^([a-z]+)=(.*)$" pair ${pair})
    set(folder ${CMAKE_MATCH_1})
    set(cluster ${CMAKE_MATCH_2})
    script_tests(${folder} ${NODE} mjs "${cluster}")
    if(PYTHON)
        script_tests(${folder} ${PYTHON} py "${cluster}")
    endif()
endforeach()

# A part of them once more with PgBouncer in transaction mode between: what holds connections,
# statements, locks and notices for long. X_bouncer, label pg.
if(pg_here AND PGBOUNCER)
    foreach(name records rotation contract_rules login)
        set(script ${CMAKE_SOURCE_DIR}/tests/api/test_${name}.py)
        add_test(NAME api_${name}_bouncer COMMAND sh ${pg_tests}/on.sh ${CMAKE_BINARY_DIR}/pg/pg
            ${PYTHON} ${script})
        set_tests_properties(api_${name}_bouncer PROPERTIES LABELS "api;pg" TIMEOUT 600
            FIXTURES_REQUIRED pg ENVIRONMENT "${script_environment};TENON_TEST_THROUGH=bouncer")
    endforeach()
endif()

# The scenarios of the shipped app, of those in apps/ that have their own, and of templates/.
function(app_scenarios name app)
    add_test(NAME scenarios_${name} COMMAND tenon test ${app})
    if(pg_here)
        on_pg(scenarios_${name} pg sh -c "exec \"$0\" test \"$1\" --db \"$TENON_TEST_PG\""
            $<TARGET_FILE:tenon> ${app})
    endif()
    set_database_tests(scenarios_${name} scenarios TIMEOUT 300)
endfunction()
if(TARGET tenon AND EXISTS ${CMAKE_SOURCE_DIR}/app.yaml)
    app_scenarios(crm ${CMAKE_SOURCE_DIR})
    foreach(app consent)
        app_scenarios(${app} ${CMAKE_SOURCE_DIR}/tests/apps/${app})
    endforeach()
    file(GLOB starters CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/templates ${CMAKE_SOURCE_DIR}/templates/*)
    foreach(app ${starters})
        app_scenarios(${app} ${CMAKE_SOURCE_DIR}/templates/${app})
    endforeach()
endif()

# What does not presume the numbers of records, which a unit that runs twice takes twice.
foreach(name scenarios_crm scenarios_consent unit_save unit_timer unit_ripple unit_serial unit_file unit_history unit_db
        api_contract_scenarios api_rotation)
    units_run_twice(${name}_pg)
endforeach()

file(GLOB more CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/tests.cmake)
foreach(file ${more})
    include(${file})
endforeach()

# The longest go first, so that none of them runs alone at the end: a fresh folder knows no times yet.
foreach(name browser_pages api_copy api_s3 fault_chains fault_publish browser_design_look browser_design browser_design_two
        browser_design_text browser_design_rules browser_versions browser_live api_definitions api_demo api_contract_scenarios
        api_guard api_nodes year)
    foreach(test ${name} ${name}_pg)
        if(TEST ${test})
            set_property(TEST ${test} PROPERTY COST 100)
        endif()
    endforeach()
endforeach()
