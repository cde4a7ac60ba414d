# Both databases: a test X that has one becomes X (SQLite) and X_pg (PostgreSQL, label pg), the
# second with the variables of a throw-away cluster that ctest starts before and removes after
# (tests/pg/cluster.py; several runs of ctest at once have one each). What holds for one
# database alone says so in its first lines, with the reason: "on: sqlite" or "on: postgresql".
find_program(PYTHON python3)
file(GLOB initdb /usr/lib/postgresql/*/bin/initdb)
if(NOT initdb)
    find_program(initdb initdb)
endif()
find_program(PGBOUNCER pgbouncer PATHS /usr/sbin)
set(pg_here FALSE)
if(PYTHON AND initdb)
    set(pg_here TRUE)
else()
    message(STATUS "no PostgreSQL: its tests are left out (./dev test installs it)")
endif()

# Quick clusters lose commits with the machine, durable ones are for what kills servers.
set(pg_tests ${CMAKE_SOURCE_DIR}/tests/pg)
function(pg_cluster name)
    set(file ${CMAKE_BINARY_DIR}/pg/${name})
    add_test(NAME ${name}_starts COMMAND ${PYTHON} ${pg_tests}/cluster.py start ${file} ${ARGN})
    add_test(NAME ${name}_ends COMMAND ${PYTHON} ${pg_tests}/cluster.py stop ${file})
    set_tests_properties(${name}_starts PROPERTIES FIXTURES_SETUP ${name} TIMEOUT 120)
    set_tests_properties(${name}_ends PROPERTIES FIXTURES_CLEANUP ${name} TIMEOUT 120)
endfunction()
if(pg_here)
    pg_cluster(pg)
    pg_cluster(pg_durable --durable)
endif()

# on_pg(TEST CLUSTER COMMAND…): TEST_pg with the variables of that cluster.
function(on_pg test cluster)
    add_test(NAME ${test}_pg COMMAND sh ${pg_tests}/on.sh ${CMAKE_BINARY_DIR}/pg/${cluster} ${ARGN})
    set_tests_properties(${test}_pg PROPERTIES FIXTURES_REQUIRED ${cluster})
endfunction()

# database_test(TEST SOURCE CLUSTER COMMAND…): TEST and TEST_pg, as the source says.
function(database_test test source cluster)
    file(STRINGS ${source} head LIMIT_COUNT 8)
    string(REGEX MATCH "on: (sqlite|postgresql)" found "${head}")
    if(NOT found STREQUAL "on: postgresql")
        add_test(NAME ${test} COMMAND ${ARGN})
    endif()
    if(pg_here AND NOT found STREQUAL "on: sqlite")
        on_pg(${test} ${cluster} ${ARGN})
    endif()
endfunction()

# Labels, and a PROPERTY (…) with its value each, of TEST and TEST_pg, as far as there are such.
function(set_database_tests test labels)
    foreach(name ${test} ${test}_pg)
        if(NOT TEST ${name})
            continue()
        endif()
        set_property(TEST ${name} PROPERTY LABELS ${labels})
        if(name MATCHES "_pg$")
            set_property(TEST ${name} APPEND PROPERTY LABELS pg)
        endif()
        foreach(at RANGE 2 ${ARGC} 2)
            if(at LESS ARGC)
                math(EXPR value "${at} + 1")
                set_property(TEST ${name} PROPERTY ${ARGV${at}} "${ARGV${value}}")
            endif()
        endforeach()
    endforeach()
endfunction()

# On PostgreSQL a unit may run again, at any time. In these tests each one does: its first run is
# undone as if another node had been in its way.
function(units_run_twice test)
    if(TEST ${test})
        set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT TENON_PG_RETRY=1)
    endif()
endfunction()
