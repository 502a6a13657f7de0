# Where `flask` finds the application in this folder.
FLASK_APP=main:application
