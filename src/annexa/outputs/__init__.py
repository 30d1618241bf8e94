"""What a run leaves behind: the workbook, the files, the manifest, the run history."""
