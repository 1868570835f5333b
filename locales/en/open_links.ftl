# Open links and their codes: what customers read who come by one, and the pages of the console.

respond-who-sees-open = You answer without giving your name, unless you write it yourself. The people responsible for quality see your answers. Reports show them only added up with those of others.
respond-who-sees-open-manager = You answer without giving your name, unless you write it yourself. { $manager } and the people responsible for quality see your answers. Reports show them only added up with those of others.
respond-change-until-here = You can change them until { $date } with the same link, on this device.
respond-door = { $company } has given you a password for this survey.
respond-door-password = Password
