"""Three short clips that simulated speakers send, and the script that made them (make.py), which no demo runs."""
