# Expressions: C, SQLite and PostgreSQL by run_expr, then the same trees in JavaScript.
add_executable(run_expr ${CMAKE_SOURCE_DIR}/tests/cases/run_expr.c
    ${CMAKE_SOURCE_DIR}/tests/cases/expr_world.c)
target_link_libraries(run_expr PRIVATE expr)
add_test(NAME cases_expr COMMAND run_expr ${CMAKE_SOURCE_DIR}/tests/cases/expr
    ${CMAKE_BINARY_DIR}/expr_trees.json)
if(pg_here)
    on_pg(cases_expr pg $<TARGET_FILE:run_expr> ${CMAKE_SOURCE_DIR}/tests/cases/expr
        ${CMAKE_BINARY_DIR}/expr_trees_pg.json)
endif()
set_database_tests(cases_expr cases TIMEOUT 120)
set_tests_properties(cases_expr PROPERTIES FIXTURES_SETUP expr_trees)
find_program(NODE node)
if(NODE)
    add_test(NAME cases_expr_js COMMAND ${NODE} ${CMAKE_SOURCE_DIR}/tests/cases/run_expr.mjs
        ${CMAKE_BINARY_DIR}/expr_trees.json)
    set_tests_properties(cases_expr_js PROPERTIES LABELS cases TIMEOUT 60
        FIXTURES_REQUIRED expr_trees)
endif()
