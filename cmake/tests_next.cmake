# build/tenon_next: a program of the next version, for tests of two versions side by side (tests/pg/next.sh).
# What is linked first goes before the files of the layers.
set(next ${CMAKE_BINARY_DIR}/next)
set(next_from ${CMAKE_SOURCE_DIR}/engine/def/builtin.c ${CMAKE_SOURCE_DIR}/engine/data/system_tables.c)
set(next_sources ${next}/builtin.c ${next}/system_tables.c)
add_custom_command(OUTPUT ${next_sources}
    COMMAND sh ${CMAKE_SOURCE_DIR}/tests/pg/next.sh ${CMAKE_SOURCE_DIR}/engine ${next}
    DEPENDS ${next_from} ${CMAKE_SOURCE_DIR}/tests/pg/next.sh VERBATIM)
program(tenon_next main FILES * ON http LINKS web)
target_sources(tenon_next PRIVATE ${next_sources})
