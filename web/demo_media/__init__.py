"""Three short clips that simulated speakers send, and the script that made them (make.py); nothing here runs in a demo."""
