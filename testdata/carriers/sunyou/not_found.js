searchCallback({"data": [{"displayStatus": "0", "has": false, "orderNo": "SYRM000000929"}], "message": "success", "status": 1})
