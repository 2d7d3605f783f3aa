"""The face of `msht`: screens, the widgets they are made of and the dialogs that ask."""
