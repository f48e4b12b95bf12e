# One static library and one test program per folder under src/.
#
#   vouchsafe_library(NAME SOURCES a.cc b.cc DEPS base json [LIBS OpenSSL::Crypto])
#     makes the library vouchsafe_NAME. DEPS are the folders it may include
#     (design of the layers: docs/architecture.md), LIBS are packages.
#   vouchsafe_test(NAME SOURCES a_test.cc [DEPS fake] [LIBS ...])
#     makes NAME_test, linked with vouchsafe_NAME and what that links, so an
#     arrow that is missing from DEPS fails to link there.

find_package(Threads REQUIRED)

add_library(vouchsafe_flags INTERFACE)
target_include_directories(vouchsafe_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(vouchsafe_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  # TRY is a statement expression, by design (src/base/result.h).
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>
  # g++ 12 reports false positives of these from the standard library at -O2.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict
    -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread>)
if(VOUCHSAFE_WAIVABLE)
  target_compile_definitions(vouchsafe_flags INTERFACE VOUCHSAFE_WAIVABLE=1)
endif()

function(vouchsafe_target_name out name)
  string(REPLACE "/" "_" flat ${name})
  set(${out} vouchsafe_${flat} PARENT_SCOPE)
endfunction()

function(vouchsafe_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS;PRIVATE_LIBS" ${ARGN})
  vouchsafe_target_name(target ${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    set(private PRIVATE)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
    set(private INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} vouchsafe_flags)
  foreach(dep IN LISTS ARG_DEPS)
    vouchsafe_target_name(dep_target ${dep})
    target_link_libraries(${target} ${scope} ${dep_target})
  endforeach()
  target_link_libraries(${target} ${scope} ${ARG_LIBS})
  target_link_libraries(${target} ${private} ${ARG_PRIVATE_LIBS})
endfunction()

function(vouchsafe_test name)
  if(NOT VOUCHSAFE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  vouchsafe_target_name(target ${name})
  string(REGEX REPLACE "^vouchsafe_" "" test_target ${target}_test)
  add_executable(${test_target} ${ARG_SOURCES})
  if(TARGET ${target})
    target_link_libraries(${test_target} PRIVATE ${target})
  endif()
  foreach(dep IN LISTS ARG_DEPS)
    vouchsafe_target_name(dep_target ${dep})
    target_link_libraries(${test_target} PRIVATE ${dep_target})
  endforeach()
  target_link_libraries(${test_target} PRIVATE vouchsafe_testmain ${ARG_LIBS})
  set_target_properties(${test_target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # Data of others (vectors, real evidence) stands beside the checkout; tests
  # that read it are skipped, visibly, where it is absent.
  target_compile_definitions(${test_target} PRIVATE
    VOUCHSAFE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    VOUCHSAFE_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
  add_test(NAME ${name} COMMAND ${test_target})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
