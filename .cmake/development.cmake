# For our own tests, examples and benchmarks only; nothing of it reaches a user of the headers.

# The warnings that the headers promise to be free of. Link privately.
add_library(kuramoto_warnings INTERFACE)
target_compile_options(
    kuramoto_warnings
    INTERFACE -Wall
              -Wextra
              -Wpedantic
              -Wconversion
              -Wsign-conversion
              -Wshadow
              -Wdouble-promotion
              $<$<BOOL:${KURAMOTO_WERROR}>:-Werror>)

# kuramoto::threads, and kuramoto::openmp where the compiler has OpenMP. Elsewhere its policy runs on one thread.
add_library(kuramoto_development INTERFACE)
target_link_libraries(kuramoto_development INTERFACE kuramoto::threads kuramoto_warnings)
if(TARGET OpenMP::OpenMP_CXX)
    target_link_libraries(kuramoto_development INTERFACE kuramoto::openmp)
else()
    message(STATUS "kuramoto: no OpenMP for this compiler; its policy runs on the calling thread")
endif()

# kuramoto_dependency(<package> <git repository> <tag>): the system's package. If there is none, it is an error, or a
# download for those who switch that on.
macro(kuramoto_dependency package repository tag)
    if(KURAMOTO_FETCH_DEPENDENCIES)
        find_package(${package} QUIET)
        if(NOT ${package}_FOUND)
            include(FetchContent)
            FetchContent_Declare(${package} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON SYSTEM)
            FetchContent_MakeAvailable(${package})
        endif()
    else()
        find_package(${package} REQUIRED)
    endif()
endmacro()

# The program sine_accuracy of the tests. MPFR is optional: without it doubles are compared with the C library's long
# double alone.
function(kuramoto_sine_accuracy)
    if(TARGET sine_accuracy)
        return()
    endif()
    add_executable(sine_accuracy "${PROJECT_SOURCE_DIR}/tests/math/sine_accuracy.cpp")
    target_link_libraries(sine_accuracy PRIVATE kuramoto_development)
    target_include_directories(sine_accuracy PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    find_path(KURAMOTO_MPFR_INCLUDE_DIR mpfr.h)
    find_library(KURAMOTO_MPFR_LIBRARY mpfr)
    mark_as_advanced(KURAMOTO_MPFR_INCLUDE_DIR KURAMOTO_MPFR_LIBRARY)
    if(KURAMOTO_MPFR_INCLUDE_DIR AND KURAMOTO_MPFR_LIBRARY)
        target_compile_definitions(sine_accuracy PRIVATE KURAMOTO_HAS_MPFR=1)
        target_include_directories(sine_accuracy SYSTEM PRIVATE "${KURAMOTO_MPFR_INCLUDE_DIR}")
        target_link_libraries(sine_accuracy PRIVATE "${KURAMOTO_MPFR_LIBRARY}")
    endif()
endfunction()

# kuramoto_find_python(<result> <modules...>): the first python3 that has these modules, or nothing. Debian's modules
# belong to its own python3, and another one may come first on the PATH.
function(kuramoto_find_python result)
    list(JOIN ARGN ", " modules)
    set(${result} "" PARENT_SCOPE)
    foreach(candidate IN ITEMS python3 /usr/bin/python3 /usr/local/bin/python3)
        execute_process(COMMAND "${candidate}" -c "import ${modules}" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
        if(status EQUAL 0)
            execute_process(COMMAND "${candidate}" -c "import sys; print(sys.executable, end='')" OUTPUT_VARIABLE path)
            set(${result} "${path}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
endfunction()

# kuramoto_find_numpy(<result> <what for>): a python3 that has NumPy.
function(kuramoto_find_numpy result purpose)
    kuramoto_find_python(python numpy)
    if(NOT python)
        message(FATAL_ERROR "NumPy is missing (Debian: python3-numpy), which is needed for ${purpose}")
    endif()
    set(${result} "${python}" PARENT_SCOPE)
endfunction()
