# cmake -Dfile=<file> -Dcompiler=<C++ compiler> -Dinclude=<folder> -P reject.cmake
cmake_minimum_required(VERSION 3.25)

set(ENV{LC_ALL} C)
set(command "${compiler}" -std=c++20 -fsyntax-only -Wall -Wextra -Werror "-I${include}" "${file}")

execute_process(COMMAND ${command} RESULT_VARIABLE status ERROR_VARIABLE messages)
if(NOT status EQUAL 0)
    message(SEND_ERROR "the accepted twin does not compile:\n${messages}")
endif()

execute_process(COMMAND ${command} -DKURAMOTO_REJECTED RESULT_VARIABLE status ERROR_VARIABLE messages)
if(status EQUAL 0)
    message(FATAL_ERROR "it compiles")
endif()

# The user's line is to blame, not a line of ours.
string(REGEX MATCH "[^\n]*error: [^\n]*" first_error "${messages}")
string(FIND "${first_error}" "${file}:" position)
if(NOT position EQUAL 0)
    message(SEND_ERROR "the first error is elsewhere:\n${messages}")
endif()

# `// Lines: <n>`: GCC's message has at most n lines.
file(STRINGS "${file}" limit REGEX "^// Lines: ")
if(limit AND NOT compiler MATCHES "clang")
    string(REGEX REPLACE "^// Lines: " "" most "${limit}")
    string(REGEX MATCHALL "\n" line_ends "${messages}")
    list(LENGTH line_ends count)
    if(count GREATER most)
        message(SEND_ERROR "the message has ${count} lines:\n${messages}")
    endif()
endif()

# `// Unsatisfied: <concept>`: the compiler says that this concept is not satisfied, in GCC's or in Clang's words.
# `// Says: <text>`: the message contains the text.
file(STRINGS "${file}" expectations REGEX "^// (Unsatisfied|Says): ")
if(NOT expectations)
    message(FATAL_ERROR "the file does not say what to expect")
endif()
foreach(line IN LISTS expectations)
    if(line MATCHES "^// Unsatisfied: (.*)$")
        set(pattern "(satisfaction of '|does not satisfy '|because ')${CMAKE_MATCH_1}[<']")
    else()
        string(REGEX REPLACE "^// Says: " "" pattern "${line}")
    endif()
    if(NOT messages MATCHES "${pattern}")
        message(SEND_ERROR "the message does not match `${pattern}`:\n${messages}")
    endif()
endforeach()
