# find_package(ml_webrtc) gives the target ml_webrtc::ml_webrtc.
get_filename_component(_ml_webrtc_libdir "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
find_path(ML_WEBRTC_INCLUDE_DIR ml_webrtc.h HINTS "${_ml_webrtc_libdir}/../include" "${_ml_webrtc_libdir}/../../include"
          NO_CACHE REQUIRED)
if(NOT TARGET ml_webrtc::ml_webrtc)
  add_library(ml_webrtc::ml_webrtc SHARED IMPORTED)
  set_target_properties(ml_webrtc::ml_webrtc PROPERTIES
    IMPORTED_LOCATION "${_ml_webrtc_libdir}/libml_webrtc.so"
    IMPORTED_SONAME "libml_webrtc.so"
    INTERFACE_INCLUDE_DIRECTORIES "${ML_WEBRTC_INCLUDE_DIR}")
endif()
unset(_ml_webrtc_libdir)
