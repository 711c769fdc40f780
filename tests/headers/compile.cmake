# cmake -Dmode=<mode> -Dcompiler=<C++ compiler> -Dinclude=<folder> -Dwork=<scratch folder>
#       [-Dboost=<folder of Boost's headers>] [-Dfftw=<folder of FFTW's header>] [-Dmpi=<folders of MPI's headers>]
#       -P compile.cmake
#
# Checks that every header compiles alone (other modes: all of them in one unit; together: in both orders), with the
# warnings of the project as errors and not as a system header. Headers that need Boost, FFTW or MPI are left out where
# the compiler finds no such library.
cmake_minimum_required(VERSION 3.25)

set(flags -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
          -Wdouble-promotion -Werror -I${include})
if(mode STREQUAL "no_exceptions")
    list(APPEND flags -fno-exceptions)
elseif(mode STREQUAL "library_assertions")
    list(APPEND flags -D_GLIBCXX_ASSERTIONS -D_FORTIFY_SOURCE=2 -O1)
elseif(mode STREQUAL "openmp")
    # Pragmas are seen only then. Where the compiler has no OpenMP, this is the mode "alone".
    file(WRITE "${work}/probe.cpp" "#include <omp.h>\n")
    execute_process(COMMAND "${compiler}" -fopenmp -fsyntax-only "${work}/probe.cpp" RESULT_VARIABLE status
                    OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
        list(APPEND flags -fopenmp)
    endif()
endif()

if(mode MATCHES "system_headers|poisoned_names")
    # CMake's default spelling of C++20. With it, `unix` and the `I` of <complex.h> are macros.
    list(APPEND flags -std=gnu++20)
endif()

file(GLOB_RECURSE headers RELATIVE "${include}" "${include}/*.hpp")
if(NOT headers)
    message(FATAL_ERROR "no headers below ${include}")
endif()

# leave_out_without(<library> <include> <header> <folder>): the headers with a line `#include <...>` that begins with
# <include> need the library. Leaves them out where the compiler does not find <header>, in <folder> or by itself; else
# adds their lines to library_includes.
set(library_includes "")
macro(leave_out_without library include_line probe folder)
    set(with_library "")
    set(lines_of_library "")
    foreach(header IN LISTS headers)
        file(STRINGS "${include}/${header}" lines REGEX "^#include <${include_line}")
        if(lines)
            list(APPEND with_library "${header}")
            list(JOIN lines "\n" lines)
            string(APPEND lines_of_library "${lines}\n")
        endif()
    endforeach()
    if(with_library)
        if(NOT "${folder}" STREQUAL "")
            list(APPEND flags "-isystem${folder}")
        endif()
        file(WRITE "${work}/probe.cpp" "#include <${probe}>\n")
        execute_process(COMMAND "${compiler}" ${flags} "${work}/probe.cpp" RESULT_VARIABLE status OUTPUT_QUIET
                        ERROR_QUIET)
        if(status EQUAL 0)
            string(APPEND library_includes "${lines_of_library}")
        else()
            message(STATUS "no ${library}: left out ${with_library}")
            list(REMOVE_ITEM headers ${with_library})
        endif()
    endif()
endmacro()
leave_out_without(Boost boost/ boost/version.hpp "${boost}")
leave_out_without(FFTW fftw3 fftw3.h "${fftw}")

# One header of ours includes MPI's, and all others of this component include that one.
foreach(folder IN LISTS mpi)
    list(APPEND flags "-isystem${folder}")
endforeach()
file(WRITE "${work}/probe.cpp" "#include <mpi.h>\n")
execute_process(COMMAND "${compiler}" ${flags} "${work}/probe.cpp" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(NOT status EQUAL 0 OR mode STREQUAL "poisoned_names") # `check` and `small` are among them
    message(STATUS "no MPI, or its names are poisoned: left out the headers of kuramoto::mpi")
    list(FILTER headers EXCLUDE REGEX "^kuramoto/(detail/)?mpi[/.]")
endif()

# includes_of(<result> <headers>...): the lines that include the headers that are installed.
function(includes_of result)
    set(text "")
    foreach(header IN LISTS ARGN)
        string(APPEND text "#if __has_include(<${header}>)\n#include <${header}>\n#endif\n")
    endforeach()
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

# The standard headers that ours use; included first, they keep `min` and `max` for ours.
set(standard_headers "")
foreach(header IN LISTS headers)
    file(STRINGS "${include}/${header}" lines REGEX "^#include <[a-z_/]+(\\.h)?>")
    list(TRANSFORM lines REPLACE "^#include <(.+)>" "\\1")
    list(APPEND standard_headers ${lines})
endforeach()
list(REMOVE_DUPLICATES standard_headers)
includes_of(standard_includes ${standard_headers})

function(compile name text)
    string(MAKE_C_IDENTIFIER "${name}" file)
    file(WRITE "${work}/${file}.cpp" "${text}")
    execute_process(COMMAND "${compiler}" ${flags} "${work}/${file}.cpp" RESULT_VARIABLE status
                    ERROR_VARIABLE messages)
    if(NOT status EQUAL 0)
        message(SEND_ERROR "${name}: does not compile (${mode}):\n${messages}")
    endif()
endfunction()

if(mode STREQUAL "alone")
    foreach(header IN LISTS headers)
        compile("${header}" "#include <${header}>\n")
    endforeach()
    return()
endif()

list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n" OUTPUT_VARIABLE includes)
list(JOIN includes "" text)

# Other compilers that define the macros of GCC or Clang: exactly one error, which says what to do.
if(mode STREQUAL "other_compilers")
    file(WRITE "${work}/other_compilers.cpp" "#include <kuramoto/kuramoto.hpp>\n")
    foreach(name IN ITEMS __NVCOMPILER __INTEL_COMPILER __EDG__)
        execute_process(COMMAND "${compiler}" ${flags} -D${name}=1 "${work}/other_compilers.cpp" RESULT_VARIABLE status
                        ERROR_VARIABLE messages)
        string(REGEX MATCHALL "error: [^\n]*" errors "${messages}")
        list(LENGTH errors count)
        if(status EQUAL 0 OR NOT count EQUAL 1 OR NOT errors MATCHES "kuramoto needs GCC >= 12 or Clang >= 14")
            message(SEND_ERROR "as ${name}, the errors are (${status}):\n${messages}")
        endif()
    endforeach()
    # Only GCC has this option.
    execute_process(COMMAND "${compiler}" ${flags} -fsingle-precision-constant "${work}/other_compilers.cpp"
                    RESULT_VARIABLE status ERROR_VARIABLE messages)
    if(NOT messages MATCHES "kuramoto needs double constants|-fsingle-precision-constant.*(not supported|unknown)")
        message(SEND_ERROR "with -fsingle-precision-constant, the errors are (${status}):\n${messages}")
    endif()
    return()
endif()
if(mode STREQUAL "together")
    list(REVERSE includes)
    list(JOIN includes "" reversed)
    compile("all headers in reverse" "${reversed}")
elseif(mode STREQUAL "twice")
    string(APPEND text "${text}")
elseif(mode STREQUAL "min_max_macros")
    # libstdc++ takes the two macros away when its first header is included, so define them again after it.
    set(macros "#define min(a, b) ((a) < (b) ? (a) : (b))\n#define max(a, b) ((a) > (b) ? (a) : (b))\n")
    set(text "${macros}${standard_includes}\n${library_includes}\n#undef min\n#undef max\n${macros}${text}")
elseif(mode STREQUAL "system_headers")
    include("${CMAKE_CURRENT_LIST_DIR}/system_headers.cmake")
    list(TRANSFORM system_header_folders PREPEND -isystem)
    list(APPEND flags ${system_header_folders})
    includes_of(apart ${system_headers_apart})
    compile("all headers behind those that go with no others" "${apart}${text}")
    includes_of(before ${system_headers})
    set(text "${before}${text}")
elseif(mode STREQUAL "poisoned_names")
    set(text "${standard_includes}\n${library_includes}\n#include \"${CMAKE_CURRENT_LIST_DIR}/poisoned_names.hpp\"\n${text}")
endif()
compile("all headers" "${text}")
