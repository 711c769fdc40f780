# Checks that installing the outside project installs its own file and nothing of the library.
cmake_minimum_required(VERSION 3.25)

set(stage "${build}/installed")
file(REMOVE_RECURSE "${stage}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${build}" --prefix "${stage}" RESULT_VARIABLE status OUTPUT_QUIET)
file(GLOB_RECURSE files RELATIVE "${stage}" "${stage}/*")
if(NOT status EQUAL 0 OR NOT files STREQUAL "share/program.cpp")
    message(FATAL_ERROR "installed (${status}): ${files}")
endif()
