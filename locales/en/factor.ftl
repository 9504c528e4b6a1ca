# The second factor.

factor = Second factor
factor-on = A code is asked after your password. { $count } recovery codes are left.
factor-off = Your password alone signs you in.
factor-set = Use a second factor
factor-set-more = Enter this secret in an authenticator app, then the code that it shows.
factor-open = Open it in an app on this device
factor-leave = Leave it
factor-not-set = The code or the password is not right.
factor-drop = Do without it
factor-told-dropped = The second factor was removed.
factor-code = One more step
factor-code-more = Enter the code that your authenticator app shows, or one of your recovery codes.
factor-code-label = Code
factor-wrong = This code is not right, or it was used already.
factor-begin-again = Begin again
factor-recovery = Your recovery codes
factor-recovery-more = Each of them signs you in once when you have lost your app. Keep them now; they are not shown again.
factor-kept = I have kept them
