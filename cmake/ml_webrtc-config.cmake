# find_package(ml_webrtc) gives the target ml_webrtc::ml_webrtc. It looks at where this file lies, so that the whole may be moved.
get_filename_component(_ml_webrtc_libdir "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
find_path(ML_WEBRTC_INCLUDE_DIR ml_webrtc.h HINTS "${_ml_webrtc_libdir}/../include" "${_ml_webrtc_libdir}/../../include"
          NO_CACHE REQUIRED)
if(NOT TARGET ml_webrtc::ml_webrtc)
  add_library(ml_webrtc::ml_webrtc SHARED IMPORTED)
  set_target_properties(ml_webrtc::ml_webrtc PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${ML_WEBRTC_INCLUDE_DIR}")
  if(WIN32)
    # The DLL has to lie beside the program: $<TARGET_RUNTIME_DLLS:program> names it.
    get_filename_component(_ml_webrtc_bindir "${_ml_webrtc_libdir}/../bin" ABSOLUTE)
    if(MSVC)
      set(_ml_webrtc_implib ml_webrtc.lib)
    else()
      set(_ml_webrtc_implib libml_webrtc.dll.a)
    endif()
    set_target_properties(ml_webrtc::ml_webrtc PROPERTIES
      IMPORTED_LOCATION "${_ml_webrtc_bindir}/ml_webrtc.dll"
      IMPORTED_IMPLIB "${_ml_webrtc_libdir}/${_ml_webrtc_implib}")
    unset(_ml_webrtc_bindir)
    unset(_ml_webrtc_implib)
  elseif(APPLE)
    set_target_properties(ml_webrtc::ml_webrtc PROPERTIES
      IMPORTED_LOCATION "${_ml_webrtc_libdir}/libml_webrtc.dylib"
      IMPORTED_SONAME "@rpath/libml_webrtc.dylib")
  else()
    set_target_properties(ml_webrtc::ml_webrtc PROPERTIES
      IMPORTED_LOCATION "${_ml_webrtc_libdir}/libml_webrtc.so"
      IMPORTED_SONAME "libml_webrtc.so")
  endif()
endif()
unset(_ml_webrtc_libdir)
