# Run by CPack between installing and packing: what Debian's policy asks of a package's files.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # or of SOURCE_DATE_EPOCH
file(GLOB roots ${CPACK_TEMPORARY_DIRECTORY}/*/usr)
foreach(root ${roots})
  string(REGEX REPLACE ".*/([^/]*)/usr$" "\\1" component ${root})
  string(TOUPPER ${component} upper)
  if(EXISTS ${root}/bin/switchio)
    file(RPATH_REMOVE FILE ${root}/bin/switchio)
  endif()
  set(doc ${root}/share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  file(MAKE_DIRECTORY ${doc})
  file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/../LICENSE ${doc}/copyright)
  file(REMOVE ${doc}/LICENSE)
  file(WRITE ${doc}/changelog
    "switchio (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n"
    "  * See CHANGELOG.md in the package switchio.\n\n"
    " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  file(GLOB texts ${doc}/changelog ${root}/share/man/*/*)
  foreach(text ${texts})
    execute_process(COMMAND gzip -9nf ${text} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  file(GLOB_RECURSE files ${doc}/*)
  if(files)
    file(CHMOD ${files} ${doc} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    file(CHMOD ${doc} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
      WORLD_READ WORLD_EXECUTE)
  endif()
endforeach()
