"""Un connecteur MSSanté minimal et complet, écrit avec la seule bibliothèque standard de Python (3.10 ou plus)."""
