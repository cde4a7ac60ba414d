# Requests against the running server: every tests/api/test_X.py is one ctest with its own server.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND AND TARGET tenon)
    file(GLOB api_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.py)
    foreach(file ${api_tests})
        get_filename_component(name ${file} NAME_WE)
        string(REGEX REPLACE "^test_" "api_" name ${name})
        add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${file})
        set_tests_properties(${name} PROPERTIES LABELS api TIMEOUT 600
            ENVIRONMENT "TENON=$<TARGET_FILE:tenon>;ROOT=${CMAKE_SOURCE_DIR}")
    endforeach()
endif()
