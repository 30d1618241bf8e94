"""The evidence tracker: every document that Annex A asks for beside the lists, who has it, and whether it will do."""
