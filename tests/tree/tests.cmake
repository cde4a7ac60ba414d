# Tests of the tree itself: which file may include which, lengths, names of the shipped app.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
    foreach(name layers lengths words)
        add_test(NAME tree_${name} COMMAND ${Python3_EXECUTABLE}
            ${CMAKE_SOURCE_DIR}/tests/tree/${name}.py ${CMAKE_SOURCE_DIR})
        set_tests_properties(tree_${name} PROPERTIES LABELS tree TIMEOUT 60)
    endforeach()
endif()
