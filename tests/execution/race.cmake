# cmake -Dcompiler=<C++ compiler> -Dsource=<folder of race.cpp> -Dinclude=<folder> -Dwork=<scratch folder> -P race.cmake
#
# Checks that the thread sanitizer sees a data race between two tasks of Threads, and none where there is none.
cmake_minimum_required(VERSION 3.25)

set(flags -std=c++20 -O1 -g -fsanitize=thread -pthread "-I${include}")
file(MAKE_DIRECTORY "${work}")
file(WRITE "${work}/probe.cpp" "int main() {}\n")
execute_process(COMMAND "${compiler}" ${flags} "${work}/probe.cpp" -o "${work}/probe" RESULT_VARIABLE status
                OUTPUT_QUIET ERROR_QUIET)
if(status EQUAL 0)
    execute_process(COMMAND "${work}/probe" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
endif()
if(NOT status EQUAL 0)
    message(STATUS "this compiler has no thread sanitizer that works here")
    return()
endif()
execute_process(COMMAND "${compiler}" ${flags} "${source}/race.cpp" -o "${work}/race" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${work}/race" none RESULT_VARIABLE status ERROR_VARIABLE messages)
if(NOT status EQUAL 0 OR messages MATCHES "WARNING")
    message(SEND_ERROR "a race in Threads, exit status ${status}:\n${messages}")
endif()
execute_process(COMMAND "${work}/race" race RESULT_VARIABLE status ERROR_VARIABLE messages)
if(status EQUAL 0 OR NOT messages MATCHES "WARNING: ThreadSanitizer: data race")
    message(SEND_ERROR "a race that was not seen, exit status ${status}:\n${messages}")
endif()
