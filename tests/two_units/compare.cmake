# cmake -Dalone=<program> -Dlinked=<programs> -P compare.cmake
#
# Checks that the programs print the same bits.
cmake_minimum_required(VERSION 3.25)

function(bits_of program result)
    execute_process(COMMAND "${program}" RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE messages)
    if(NOT status EQUAL 0 OR NOT output MATCHES "^plain [0-9a-f ]+\n$")
        message(FATAL_ERROR "${program} ended with ${status}:\n${output}${messages}")
    endif()
    set(${result} "${output}" PARENT_SCOPE)
endfunction()

bits_of("${alone}" expected)
foreach(program IN LISTS linked)
    bits_of("${program}" found)
    if(NOT found STREQUAL expected)
        message(SEND_ERROR "${program}: ${found}alone: ${expected}")
    endif()
endforeach()
